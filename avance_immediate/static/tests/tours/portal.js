import {registry} from "@web/core/registry";

/** The client asks for the avance immédiate: a mistake first, then right. */
registry.category("web_tour.tours").add("avance_immediate_portal", {
    steps: () => [
        {
            content: "Open the avance immédiate from the account",
            trigger: "a[href='/my/avance-immediate']",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: "#urssaf_title_2", run: "click"},
        {trigger: "input[name=birth_name]", run: "edit Durand2"},
        {trigger: "input[name=usage_name]", run: "edit Martin"},
        {trigger: "input[name=first_names]", run: "edit Claire Anne"},
        {
            trigger: "input[name=birth_date]",
            run() {
                this.anchor.value = "1985-05-02";
            },
        },
        {
            content: "Somebody born abroad has no commune in France",
            trigger: "select[name=birth_country]",
            run: "selectByLabel Belgique",
        },
        {trigger: "input[name=birth_commune]:not(:visible)"},
        {trigger: "select[name=birth_country]", run: "selectByLabel France"},
        {trigger: "input[name=birth_commune]", run: "edit saint etienne"},
        {
            content: "The commune is chosen in the list",
            trigger: ".o_urssaf_commune_list button:contains('Saint-Étienne (42)')",
            run: "click",
        },
        {trigger: "input[name=birth_code]:not(:visible):value(42218)"},
        {trigger: "input[name=mobile]", run: "edit 06 11 22 33 44"},
        {trigger: "input[name=street]", run: "edit 12 bis rue de la Paix"},
        {trigger: "input[name=zip]", run: "edit 69100"},
        {trigger: "input[name=city]", run: "edit 69100"},
        {trigger: ".o_urssaf_commune_list button:contains('Villeurbanne')", run: "click"},
        {trigger: "input[name=iban]", run: "edit FR76 3000 6000 0112 3456 7890 189"},
        {trigger: "input[name=bic]", run: "edit AGRIFRPP"},
        {
            content: "Send it without consent and with a mistake",
            trigger: ".o_urssaf_registration_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: "input[name=birth_name].is-invalid", run: "edit Durand"},
        {
            content: "What was typed is still there",
            trigger: "input[name=iban]:value('FR76 3000 6000 0112 3456 7890 189')",
        },
        {trigger: "#urssaf_consent.is-invalid", run: "click"},
        {
            trigger: ".o_urssaf_registration_form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: "[name=urssaf_state]:contains('Nous avons bien reçu votre demande')"},
        {trigger: "dd:contains('•••• 189')"},
    ],
});
