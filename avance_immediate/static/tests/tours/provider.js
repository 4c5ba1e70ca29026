import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The provider registers a client, from the client's form to what Urssaf answered.
tours.add("avance_immediate_register", {
    steps: () => [
        {
            content: "open the page of the avance immédiate",
            trigger: ".o_notebook a[name=urssaf]:contains('Avance immédiate')",
            run: "click",
        },
        {
            content: "open the registration",
            trigger: "button[name=action_urssaf_open_registration]:contains('Ouvrir')",
            run: "click",
        },
        {
            content: "the form says what is missing, in French",
            trigger: ".o_field_widget[name=missing_html]:contains('IBAN')",
        },
        {
            content: "type the IBAN",
            trigger: ".o_field_widget[name=iban] input",
            run: "edit FR76 3000 6000 0112 3456 7890 189",
        },
        {
            content: "type the BIC",
            trigger: ".o_field_widget[name=bic] input",
            run: "edit AGRIFRPP",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it can be registered",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('À inscrire')",
        },
        {
            content: "register",
            trigger: ".o_statusbar_buttons button[name=action_register]",
            run: "click",
        },
        {
            content: "without the consent there is no way",
            trigger: ".modal footer button[name=action_register].disabled",
        },
        {
            content: "record the consent",
            trigger: ".modal .o_field_widget[name=has_consent] input",
            run: "check",
        },
        {
            content: "send",
            trigger: ".modal footer button[name=action_register]:not(.disabled)",
            run: "click",
        },
        {
            content: "Urssaf took the client in",
            trigger: 'body:not(:has(.modal)) .o_arrow_button_current:contains("En attente d\'activation")',
        },
        {
            content: "it says when",
            trigger: ".o_field_widget[name=sent_at]:not(.o_field_empty)",
        },
    ],
});

// The provider sends an invoice from its form, and sees where it stands.
tours.add("avance_immediate_send", {
    steps: () => [
        {
            content: "nothing is said of Urssaf yet",
            trigger: ".o_form_view:not(:has(.o_field_widget[name=urssaf_state]))",
        },
        {
            content: "open the window",
            trigger: ".o_statusbar_buttons button[name=action_urssaf_send]",
            run: "click",
        },
        {
            content: "it says what goes",
            trigger: ".modal .o_field_widget[name=ready_amount]:contains('60,00')",
        },
        {
            content: "send",
            trigger: ".modal footer button[name=action_send]",
            run: "click",
        },
        {
            content: "the invoice is at Urssaf",
            trigger: 'body:not(:has(.modal)) .o_field_widget[name=urssaf_state]:contains("À l\'Urssaf")',
        },
        {
            content: "it cannot be sent twice, nor go back to draft",
            trigger:
                ".o_statusbar_buttons:not(:has(button[name=action_urssaf_send])):not(:has(button[name=button_draft]))",
        },
        {
            content: "open its payment request",
            trigger: ".oe_stat_button[name=action_urssaf_open_requests]",
            run: "click",
        },
        {
            content: "the payment request follows",
            trigger: '.o_arrow_button_current:contains("À l\'Urssaf")',
        },
    ],
});

// The provider sends many invoices from the list; what cannot go is named, the rest goes.
tours.add("avance_immediate_send_many", {
    steps: () => [
        {
            content: "select all",
            trigger: ".o_list_view .o_list_renderer thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "send to Urssaf",
            trigger: ".o_control_panel button[name=action_urssaf_send]",
            run: "click",
        },
        {
            content: "three can go",
            trigger: ".modal .o_field_widget[name=ready_count]:contains('3')",
        },
        {
            content: "one cannot, and the reason stands beside it",
            trigger:
                ".modal .o_field_widget[name=line_ids] .o_data_row:contains('30/06/2026') button[name=action_open_target]",
        },
        {
            content: "send",
            trigger: ".modal footer button[name=action_send]",
            run: "click",
        },
        {
            content: "it says what was done",
            trigger: ".o_notification:contains('3')",
        },
        {
            content: "the list shows them in the queue",
            trigger:
                'body:not(:has(.modal)) .o_data_row:has(.o_field_widget[name=urssaf_state]:contains("En file d\'attente"))',
        },
    ],
});
