import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The form with which a client asks to be registered; without it, the form is longer and does the same. */
export class UrssafRegistrationForm extends Interaction {
    static selector = ".o_urssaf_registration_form";
    dynamicContent = {
        "select[name=birth_country]": { "t-on-change": this.updateContent },
        ".o_urssaf_in_france": { "t-att-class": () => ({ "d-none": !this.isBornInFrance }) },
        _root: { "t-on-submit": this.onSubmit },
    };

    setup() {
        this.isSubmitted = false;
        this.el.querySelector(".is-invalid")?.focus();
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

/** A commune, looked for as one types; what is chosen brings its code along. */
export class UrssafCommuneSearch extends Interaction {
    static selector = ".o_urssaf_commune";
    dynamicContent = {
        "input.o_urssaf_commune_name": {
            "t-on-input": this.onInput,
            "t-on-keydown": this.onKeydown,
            "t-att-aria-expanded": () => String(this.found.length > 0),
        },
        ".o_urssaf_commune_list": {
            "t-att-class": () => ({ "d-none": !this.found.length && !this.isEmpty }),
        },
        ".o_urssaf_commune_code": { "t-att-class": () => ({ "d-none": !this.isEmpty }) },
    };

    setup() {
        this.nameEl = this.el.querySelector("input.o_urssaf_commune_name");
        this.codeEl = this.el.querySelector(".o_urssaf_commune_code input");
        this.listEl = this.el.querySelector(".o_urssaf_commune_list");
        this.found = [];
        // Nothing was found for what the client typed: the code can be typed as well.
        this.isEmpty = this.codeEl.classList.contains("is-invalid");
        this.search = this.debounced(this.search, 200);
    }

    onInput() {
        this.codeEl.value = "";
        this.search();
    }

    async search() {
        const text = this.nameEl.value.trim();
        this.found = [];
        this.isEmpty = false;
        if (text.length > 1) {
            const found = await this.waitFor(rpc("/my/avance-immediate/communes", { text }));
            if (text !== this.nameEl.value.trim()) {
                return;
            }
            this.found = found;
            this.isEmpty = !found.length;
        }
        this.show();
        this.updateContent();
    }

    show() {
        this.listEl.replaceChildren(
            ...this.found.map((commune) => {
                const button = document.createElement("button");
                button.type = "button";
                button.className = "list-group-item list-group-item-action py-2";
                button.setAttribute("role", "option");
                button.textContent = commune.label;
                this.addListener(button, "click", () => this.choose(commune));
                this.addListener(button, "keydown", this.onKeydown);
                return button;
            })
        );
    }

    choose(commune) {
        this.nameEl.value = commune.name;
        this.codeEl.value = commune.code;
        this.found = [];
        this.show();
        this.updateContent();
        this.nameEl.focus();
    }

    /** Up and down walk through the list, escape closes it. */
    onKeydown(ev) {
        const stops = [this.nameEl, ...this.listEl.children];
        const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
        if (step && this.found.length) {
            ev.preventDefault();
            stops[stops.indexOf(document.activeElement) + step]?.focus();
        } else if (ev.key === "Escape") {
            this.found = [];
            this.nameEl.focus();
        }
    }
}

registry.category("public.interactions").add("avance_immediate.registration_form", UrssafRegistrationForm);
registry.category("public.interactions").add("avance_immediate.commune_search", UrssafCommuneSearch);
