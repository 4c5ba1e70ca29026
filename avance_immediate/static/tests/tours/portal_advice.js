import {registry} from "@web/core/registry";

const SEND = {
    trigger: ".o_urssaf_registration_form button[type=submit]",
    run: "click",
    expectUnloadPage: true,
};

/** The client makes mistakes, takes over what is proposed, and answers what is asked. */
registry.category("web_tour.tours").add("avance_immediate_portal_advice", {
    steps: () => [
        {trigger: "input[name=birth_name]", run: "edit Mme Durand"},
        {trigger: "input[name=usage_name]", run: "edit Martin"},
        {trigger: "input[name=first_names]", run: "edit Claire Martin"},
        {
            trigger: "input[name=birth_date]",
            run() {
                this.anchor.value = "1985-05-02";
            },
        },
        {trigger: "input[name=birth_commune]", run: "edit Villeurbanne"},
        {trigger: ".o_urssaf_commune_list button:contains('Villeurbanne (69100)')", run: "click"},
        {trigger: "input[name=mobile]", run: "edit 06 11 22 33 4O"},
        {trigger: "input[name=email]", run: "edit claire@gmial.com"},
        {trigger: "input[name=street]", run: "edit 12 rue de la Paix"},
        {trigger: "input[name=zip]", run: "edit 51300"},
        {content: "A postal code of many towns gives them to choose from", trigger: "input[name=city]", run: "click"},
        {trigger: ".o_urssaf_commune_list button:contains('Vitry-le-François')"},
        {content: "The only town of a postal code comes by itself", trigger: "input[name=zip]", run: "edit 69100"},
        {trigger: "input[name=city]:value(Villeurbanne)"},
        {content: "Of one that has many it goes again", trigger: "input[name=zip]", run: "edit 51300"},
        {trigger: "input[name=city]:not(:value(Villeurbanne))"},
        {trigger: "input[name=city]", run: "edit villeurb"},
        {
            content: "A town of elsewhere is found all the same, and brings its postal code",
            trigger: ".o_urssaf_commune_list button:contains('Villeurbanne (69100)')",
            run: "click",
        },
        {trigger: "input[name=zip]:value(69100)"},
        {trigger: "input[name=iban]", run: "edit FR76 3000 6000 0112 3456 7890 189"},
        {trigger: "input[name=bic]", run: "edit AGRIFRPP"},
        {trigger: "#urssaf_consent", run: "click"},
        SEND,
        {
            content: "The title moves to where it belongs, in one click",
            trigger: "#urssaf_advice_birth_name:contains('Nom de naissance : Durand') button:contains('Corriger')",
            run: "click",
        },
        {trigger: "input[name=birth_name]:value(Durand).is-valid:not(.is-invalid)"},
        {trigger: "#urssaf_title_2:checked"},
        {trigger: "body:not(:has(#urssaf_advice_birth_name .o_urssaf_advice))"},
        {trigger: "input[name=first_names]:value(Claire Martin)"},
        {trigger: "#urssaf_advice_first_names button", run: "click"},
        {trigger: "input[name=first_names]:value(Claire)"},
        {trigger: "input[name=mobile].is-invalid:value(06 11 22 33 4O)"},
        {trigger: "#urssaf_advice_mobile button", run: "click"},
        {trigger: "input[name=mobile]:not(.is-invalid):value(0611223340)"},
        {
            content: "What was typed is still there",
            trigger: "input[name=iban]:value('FR76 3000 6000 0112 3456 7890 189')",
        },
        SEND,
        {
            content: "Only the question is left",
            trigger: "[name=urssaf_questions]:contains('Encore une vérification')",
        },
        {trigger: "#urssaf_advice_email:contains('claire@gmail.com') label", run: "click"},
        {trigger: "#urssaf_advice_email input:checked"},
        SEND,
        {trigger: "[name=urssaf_state]:contains('Nous avons bien reçu votre demande')"},
    ],
});
