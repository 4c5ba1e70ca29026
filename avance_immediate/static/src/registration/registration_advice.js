import {Component} from "@odoo/owl";
import {deserializeDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * What there is to say of one section of the registration form, with repairs that one click takes over.
 *
 * A repair types the values into the form: it is saved, or discarded, with the rest.
 */
export class RegistrationAdvice extends Component {
    static template = "avance_immediate.RegistrationAdvice";
    static props = {...standardFieldProps, section: {type: String}};

    levels = {
        refusal: "danger",
        fix: "warning",
        warning: "warning",
        question: "info",
        option: "light",
        reread: "light",
    };

    get items() {
        return this.props.record.data[this.props.name]?.[this.props.section] || [];
    }

    isRepair(item) {
        return this.props.record.isInEdition && Object.keys(item.values || {}).length > 0;
    }

    async apply(item) {
        const {record} = this.props;
        const values = Object.entries(item.values).map(([name, value]) => [
            name,
            value && record.fields[name].type === "date" ? deserializeDate(value) : value || false,
        ]);
        await record.update(Object.fromEntries(values));
    }
}

registry.category("fields").add("urssaf_registration_advice", {
    component: RegistrationAdvice,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({section: options.section}),
});
