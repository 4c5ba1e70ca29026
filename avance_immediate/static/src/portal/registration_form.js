import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** The form with which a client asks to be registered; without it, the form is longer and does the same. */
export class UrssafRegistrationForm extends Interaction {
    static selector = ".o_urssaf_registration_form";
    dynamicContent = {
        "select[name=birth_country]": {"t-on-change": this.updateContent},
        ".o_urssaf_in_france": {"t-att-class": () => ({"d-none": !this.isBornInFrance})},
        _root: {"t-on-submit": this.onSubmit},
    };

    setup() {
        this.isSubmitted = false;
        this.showFirst();
    }

    /** Go to the first field with a problem or a question. */
    showFirst() {
        const first = this.el.querySelector(".is-invalid, .o_urssaf_advice[data-asking]");
        const field = first?.dataset.field
            ? this.el.querySelector(`input[name="${first.dataset.field}"]`)
            : first?.closest(".mb-3, .form-check")?.querySelector("input, select");
        field?.focus({preventScroll: true});
        field?.scrollIntoView({block: "center"});
    }

    get isBornInFrance() {
        return Boolean(this.el.querySelector("select[name=birth_country]")?.selectedOptions[0]?.dataset.france);
    }

    /** A form that is sent twice would be two requests at once. */
    onSubmit(ev) {
        if (this.isSubmitted) {
            ev.preventDefault();
        }
        this.isSubmitted = true;
        this.el.querySelector("button[type=submit]").classList.add("disabled");
    }
}

registry.category("public.interactions").add("avance_immediate.registration_form", UrssafRegistrationForm);
