import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

// The accountant closes the month: chooses, opens what is in transit, compares the books with Urssaf.
registry.category("web_tour.tours").add("avance_immediate_month", {
    steps: () => [
        {
            content: "production, as nobody has chosen: nothing was sent there",
            trigger: ".o_field_widget[name=line_ids] tr:contains(/^En transit/) td[name=count]:contains(/^0$/)",
        },
        {
            content: "choose the environment",
            trigger: ".o_field_widget[name=environment] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Simulateur')",
            run: "click",
        },
        {
            content: "the figures follow, before anything is saved; open what is in transit",
            trigger: ".o_field_widget[name=line_ids] tr:contains(/^En transit/) button[name=action_open]",
            run: "click",
        },
        {
            content: "the one payment of Urssaf",
            trigger: ".o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_row:contains('Urssaf')",
        },
        {
            content: "back to the page",
            trigger: ".breadcrumb-item a:contains('Clôture du mois'), .o_back_button a:contains('Clôture du mois')",
            run: "click",
        },
        {
            content: "which is as it was; take the spreadsheet",
            trigger:
                ".o_form_view:has([name=line_ids] tr:contains(/^En transit/) td[name=amount]:contains('60,00')) button[name=action_export]:contains('Tableur')",
            async run(helpers) {
                // The click of a tour may not open a window, as that of a person does.
                const address = new Promise((resolve) => {
                    browser.open = (url) => resolve(url) || {closed: false};
                });
                await helpers.click();
                const answer = await fetch(await address);
                if (!answer.headers.get("Content-Disposition")?.includes(".xlsx")) {
                    throw new Error("That is no spreadsheet.");
                }
            },
        },
        {
            content: "compare with Urssaf",
            trigger: ".o_form_view button[name=action_check]",
            run: "click",
        },
        {
            content: "the one thing that does not agree, with what to do",
            trigger: ".o_list_view .o_data_row:contains('annonce'):contains('marquez la demande') td[name=matter]",
            run: "click",
        },
        {
            content: "its payment request",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current",
        },
    ],
});
