import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const field = (name) => `.o_field_widget[name=${name}] input`;
const saved = (state) => `body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains("${state}")`;

/** Type a part of a commune's name, and choose it among what is found. */
const choose = (name, typed, label) => [
    {content: `look for ${typed}`, trigger: field(name), run: `edit ${typed}`},
    {
        content: `choose ${label}`,
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) a:contains("${label}")`,
        run: "click",
    },
];

/** Take over what is proposed beside the fields. */
const repair = (code) => [
    {content: `take ${code} over`, trigger: `.o_urssaf_advice [data-code=${code}] button`, run: "click"},
    {content: `${code} is corrected`, trigger: `.o_form_view:not(:has([data-code=${code}]))`},
];

const register = [
    {content: "save", trigger: ".o_form_button_save", run: "click"},
    {content: "saved", trigger: ".o_form_saved, .o_form_readonly, body:not(:has(.o_form_button_save:visible))"},
    {
        content: "register",
        trigger: ".o_statusbar_buttons button[name=action_register].btn-primary",
        run: "click",
    },
    {content: "record the consent", trigger: ".modal .o_field_widget[name=has_consent] input", run: "check"},
    {content: "send", trigger: ".modal footer button[name=action_register]:not(.disabled)", run: "click"},
];

// From the invoice of somebody who never heard of INSEE codes, to the registration at Urssaf.
tours.add("avance_immediate_register_from_invoice", {
    steps: () => [
        {
            content: "register from the invoice",
            trigger:
                '.o_statusbar_buttons button[name=action_urssaf_register_client]:contains("Inscrire le client à l\'Urssaf")',
            run: "click",
        },
        {
            content: "what the client's form knows is there: the address is understood, its town found",
            trigger: `${field("address_commune_id")}:value("Lyon 3e Arrondissement (69003)")`,
        },
        {
            content: "title",
            trigger: ".o_field_widget[name=title] .o_radio_item:contains('Madame') input",
            run: "click",
        },
        {content: "birth name", trigger: field("birth_name"), run: "edit Mme Lefèvre"},
        {content: "first names", trigger: field("first_names"), run: "edit Chloé, Marie"},
        {content: "birth date", trigger: field("birth_date"), run: "edit 04/05/1961"},
        ...choose("birth_commune_id", "saint etienne", "Saint-Étienne (42)"),
        {content: "IBAN", trigger: field("iban"), run: "edit FR76 3000 6000 0112 3456 7890 189"},
        {content: "go on", trigger: field("bank_holder"), run: "click"},
        {content: "the BIC comes by itself", trigger: `${field("bic")}:value(AGRIFRPPXXX)`},
        ...repair("name_title"),
        ...repair("name_separators"),
        {content: "nothing is missing", trigger: ".alert:visible:contains('cliquez sur Inscrire.')"},
        // The button saves what was typed.
        ...register.slice(2),
        {content: "Urssaf took the client in", trigger: saved("En attente d'activation")},
    ],
});

// Refused by the tax administration: why, beside the fields, what to try, and once more.
tours.add("avance_immediate_register_again", {
    steps: () => [
        ...register.slice(2),
        {content: "refused", trigger: saved("Refusé")},
        {
            content: "the likely causes stand at the top",
            trigger: ".o_field_widget[name=problem_html] ol li:contains('nom')",
        },
        {
            content: "and the fields concerned are marked",
            trigger: ".o_inner_group:has([name=birth_name]) [data-code=ERR_DGFIP_R2P_INCONNU]",
        },
        ...repair("name_accents"),
        ...register,
        {content: "Urssaf took the client in", trigger: saved("En attente d'activation")},
        {content: "both attempts are kept", trigger: ".o_field_widget[name=attempt_ids] .o_data_row:nth-child(2)"},
    ],
});

// Clients registered with another software: verified at Urssaf from the list.
tours.add("avance_immediate_verify_claims", {
    steps: () => [
        {content: "one client waits", trigger: ".o_data_row:contains('À compléter')"},
        {content: "select", trigger: ".o_data_row:contains('À compléter') .o_list_record_selector input", run: "click"},
        {content: "verify", trigger: ".o_control_panel button[name=action_verify_claim]", run: "click"},
        {content: "it is Urssaf's", trigger: ".o_data_row:contains('Actif')"},
    ],
});
