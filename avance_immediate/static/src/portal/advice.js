import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** What is proposed beside the fields: one click puts it in, and what was said about the old value goes. */
export class UrssafAdvice extends Interaction {
    static selector = ".o_urssaf_registration_form";
    dynamicContent = {
        ".o_urssaf_advice_take": {"t-on-click": this.onTake, "t-att-class": () => ({"d-none": false})},
        _root: {"t-on-input": this.onInput},
    };

    onTake(ev) {
        const adviceEl = ev.currentTarget.closest(".o_urssaf_advice");
        const changes = JSON.parse(adviceEl.dataset.changes);
        const {field} = adviceEl.dataset;
        for (const [name, value] of Object.entries(changes)) {
            this.put(name, value);
        }
        this.forget(Object.keys(changes));
        this.el.querySelector(".o_urssaf_taken").classList.remove("d-none");
        // Where the advice stood is where the client looks.
        this.el.querySelector(`input[name="${field}"]`).focus();
    }

    put(name, value) {
        for (const inputEl of this.el.querySelectorAll(`[name="${name}"]`)) {
            if (inputEl.type === "radio") {
                inputEl.checked = inputEl.value === value;
            } else {
                inputEl.value = value;
                inputEl.classList.add("is-valid");
            }
            const groupEl = inputEl.closest(".mb-3");
            for (const markedEl of groupEl.querySelectorAll(".is-invalid")) {
                markedEl.classList.remove("is-invalid");
            }
            inputEl.removeAttribute("aria-invalid");
            groupEl.querySelector(".invalid-feedback")?.remove();
        }
    }

    /** Remove what was said about the values of these fields. */
    forget(names, isAbout = (adviceEl) => adviceEl.dataset.fields) {
        for (const adviceEl of this.el.querySelectorAll(".o_urssaf_advice")) {
            if (
                isAbout(adviceEl)
                    .split(" ")
                    .some((name) => names.includes(name))
            ) {
                adviceEl.remove();
            }
        }
    }

    /** What the client types is another value: the advice about the old one would undo it. */
    onInput(ev) {
        ev.target.classList.remove("is-valid");
        this.el.querySelector(".o_urssaf_taken").classList.add("d-none");
        this.forget([ev.target.name], ({dataset}) => `${dataset.fields} ${dataset.related}`);
    }
}

registry.category("public.interactions").add("avance_immediate.advice", UrssafAdvice);
