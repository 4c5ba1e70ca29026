import {registry} from "@web/core/registry";

// The accountant closes the month: chooses, opens what is in transit, compares the books with Urssaf.
registry.category("web_tour.tours").add("avance_immediate_month", {
    steps: () => [
        {
            content: "production, as nobody has chosen: nothing was sent there",
            trigger: ".o_field_widget[name=line_ids] tr:contains('Requests sent') td[name=count]:contains(/^0$/)",
        },
        {
            content: "choose the environment",
            trigger: ".o_field_widget[name=environment] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Simulator')",
            run: "click",
        },
        {
            content: "the figures follow, before anything is saved; open what is in transit",
            trigger: ".o_field_widget[name=line_ids] tr:contains('In transit') button[name=action_open]",
            run: "click",
        },
        {
            content: "the one payment of Urssaf",
            trigger: ".o_list_view .o_data_row:only-child:contains('Urssaf')",
        },
        {
            content: "back to the page, which is as it was",
            trigger: ".breadcrumb-item a:contains('Closing the month'), .o_back_button a:contains('Closing the month')",
            run: "click",
        },
        {
            content: "compare",
            trigger: ".o_form_view button[name=action_check]",
            run: "click",
        },
        {
            content: "the one thing that does not agree, with what to do",
            trigger: ".o_list_view .o_data_row:contains('Urssaf announces'):contains('then close the request')",
            run: "click",
        },
        {
            content: "its payment request",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current",
        },
    ],
});
