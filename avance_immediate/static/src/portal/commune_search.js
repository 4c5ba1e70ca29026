import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";
import {rpc} from "@web/core/network/rpc";

const ZIP = /^\d{5}$/;

/** A commune, looked for as one types; what is chosen brings its code along, and its postal code if it has only one. */
export class UrssafCommuneSearch extends Interaction {
    static selector = ".o_urssaf_commune";
    dynamicContent = {
        "input.o_urssaf_commune_name": {
            "t-on-input": this.onInput,
            "t-on-focus": this.onFocus,
            "t-on-keydown": this.onKeydown,
            "t-att-aria-expanded": () => String(this.found.length > 0),
        },
        ".o_urssaf_commune_list": {
            "t-att-class": () => ({"d-none": !this.found.length}),
        },
        ".o_urssaf_commune_code": {"t-att-class": () => ({"d-none": !this.isEmpty})},
    };

    setup() {
        this.nameEl = this.el.querySelector("input.o_urssaf_commune_name");
        this.codeEl = this.el.querySelector(".o_urssaf_commune_code input");
        this.listEl = this.el.querySelector(".o_urssaf_commune_list");
        this.found = [];
        // Nothing was found for what the client typed: the code can be typed as well.
        this.isEmpty = this.codeEl.classList.contains("is-invalid");
        this.search = this.debounced(this.search, 200);
        // The town that came by itself with the postal code goes with it too.
        this.filledName = "";
        this.zipEl = this.el.closest("form").querySelector(`input[name="${this.el.dataset.zip}"]`);
        this.fillFromZip = this.debounced(this.fillFromZip, 200);
    }

    start() {
        // What the client typed is the beginning of these: one click is enough.
        if (this.listEl.dataset.found) {
            this.found = JSON.parse(this.listEl.dataset.found);
            this.show();
            this.updateContent();
        }
        if (this.zipEl) {
            this.addListener(this.zipEl, "input", () => this.fillFromZip());
        }
    }

    get zip() {
        const zip = this.zipEl?.value.replace(/\s/g, "") || "";
        return ZIP.test(zip) ? zip : "";
    }

    onInput() {
        this.codeEl.value = "";
        this.search();
    }

    /** With a postal code and no town yet, its towns can be chosen from without typing. */
    onFocus() {
        if (this.zip && !this.nameEl.value) {
            this.search();
        }
    }

    ask(text, zip) {
        return this.waitFor(rpc("/my/avance-immediate/communes", {text, zip_code: zip}));
    }

    async search() {
        const text = this.nameEl.value.trim();
        const zip = this.zip;
        this.found = [];
        this.isEmpty = false;
        if (text.length > 1 || (zip && !text)) {
            const found = await this.ask(text, zip);
            if (text !== this.nameEl.value.trim()) {
                return;
            }
            this.found = found;
            this.isEmpty = Boolean(text) && !found.length;
        }
        this.show();
        this.updateContent();
    }

    /** Fill in the town where the postal code has only one. A town that the client typed stays. */
    async fillFromZip() {
        const zip = this.zip;
        if (!zip || (this.nameEl.value && this.nameEl.value !== this.filledName)) {
            return;
        }
        const found = await this.ask("", zip);
        if (zip !== this.zip || (this.nameEl.value && this.nameEl.value !== this.filledName)) {
            return;
        }
        if (found.length === 1) {
            this.put(found[0]);
        } else if (this.filledName) {
            this.put({name: "", code: ""});
        }
        this.filledName = this.nameEl.value;
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

    put(commune) {
        this.nameEl.value = commune.name;
        this.codeEl.value = commune.code;
        this.found = [];
        this.isEmpty = false;
        this.show();
        this.updateContent();
    }

    choose(commune) {
        this.filledName = "";
        this.put(commune);
        if (this.zipEl && commune.zips.length === 1 && this.zip !== commune.zips[0]) {
            this.zipEl.value = commune.zips[0];
        }
        this.nameEl.focus();
    }

    /** Up and down walk through the list, escape closes it. */
    onKeydown(ev) {
        const stops = [this.nameEl, ...this.listEl.children];
        const step = {ArrowDown: 1, ArrowUp: -1}[ev.key];
        if (step && this.found.length) {
            ev.preventDefault();
            stops[stops.indexOf(document.activeElement) + step]?.focus();
        } else if (ev.key === "Escape") {
            this.found = [];
            this.nameEl.focus();
        }
    }
}

registry.category("public.interactions").add("avance_immediate.commune_search", UrssafCommuneSearch);
