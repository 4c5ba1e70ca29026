import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The accountant matches a line of the bank with a transfer, sees it on the bank, and undoes it.
tours.add("avance_immediate_bank", {
    steps: () => [
        {
            content: "two transfers of one amount: the bank's line is proposed, and not matched by itself",
            trigger: ".o_list_view .o_data_row:contains('VIR URSSAF'):contains('Un virement') td:contains(/^2$/)",
        },
        {
            content: "choose",
            trigger: ".o_data_row:contains('VIR URSSAF') button[name=action_urssaf_choose]:contains('Choisir')",
            run: "click",
        },
        {
            content: "the window has chosen the nearest transfer",
            trigger:
                ".modal .o_field_widget[name=line_ids]:not(:has(.o_data_row ~ .o_data_row)) .o_data_row:contains('60,00')",
        },
        {
            content: "nothing is left over",
            trigger: ".modal .o_field_widget[name=difference]:contains(/^0,00/)",
        },
        {
            content: "match",
            trigger: ".modal footer button[name=action_match]:contains('Rapprocher')",
            run: "click",
        },
        {
            content: "no line is left to match",
            trigger: "body:not(:has(.modal)) .o_view_nocontent:contains('Aucune ligne de banque à rapprocher')",
        },
        {
            content: "look at the transfers",
            trigger: ".o_main_navbar .dropdown-toggle:contains('Clients')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .dropdown-item[data-menu-xmlid='avance_immediate.menu_urssaf_transfer']",
            run: "click",
        },
        {
            content: "the other one is still expected",
            trigger: ".o_list_view .o_data_row:has([name=state]:contains('En comptabilité'))",
        },
        {
            content: "this one is on the bank",
            trigger: ".o_data_row:has([name=state]:contains('En banque')) td[name=date]",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains('En banque')",
        },
        {
            content: "open its line of the bank",
            trigger: ".oe_stat_button[name=action_open_bank_lines]",
            run: "click",
        },
        {
            content: "undo the matching",
            trigger: ".o_list_view .o_data_row:contains('VIR URSSAF') button[name=action_urssaf_undo]",
            run: "click",
        },
        {
            content: "it can be matched again",
            trigger: ".o_data_row:contains('VIR URSSAF') button[name=action_urssaf_match]:contains('Rapprocher')",
        },
        {
            content: "back to the transfer",
            trigger: ".o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "which the bank does not show any more",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains('En comptabilité')",
        },
    ],
});

// A manager says what Urssaf takes back, from the alert of the payment request; then undoes it.
tours.add("avance_immediate_recovery", {
    steps: () => [
        {
            content: "the alert says what happened",
            trigger: ".o_form_view .alert-danger:contains('L’Urssaf est revenue sur la demande')",
        },
        {
            content: "say what is taken back",
            trigger: ".o_statusbar_buttons button[name=action_take_back]:contains('Repris par l’Urssaf')",
            run: "click",
        },
        {
            content: "the half is proposed",
            trigger: ".modal .o_field_widget[name=amount]:contains('30,00')",
        },
        {
            content: "it is another amount",
            trigger: ".modal .o_field_widget[name=choice] .o_radio_item:contains('Un autre montant') input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit 22,10",
        },
        {
            content: "book it",
            trigger: ".modal footer button[name=action_book]:contains('Comptabiliser')",
            run: "click",
        },
        {
            content: "the request is closed",
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Clôturée')",
        },
        {
            content: "open the invoice",
            trigger: ".oe_stat_button[name=action_open_move]",
            run: "click",
        },
        {
            content: "which is open again for that amount",
            trigger: ".o_form_view .o_field_widget[name=tax_totals], .o_form_view [name=amount_residual]",
        },
        {
            trigger: ".o_form_view:contains('22,10')",
        },
        {
            content: "back to the request",
            trigger: ".o_back_button, .breadcrumb-item:last a",
            run: "click",
        },
        {
            content: "open what was taken back",
            trigger: ".oe_stat_button[name=action_open_recoveries]:contains('22,10')",
            run: "click",
        },
        {
            content: "undo it",
            trigger: ".o_form_view .o_statusbar_buttons button[name=action_undo]:contains('Annuler la reprise')",
            run: "click",
        },
        {
            content: "which is asked once more",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "undone",
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Annulée')",
        },
    ],
});
