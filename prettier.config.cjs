/** @type {import('prettier').Config} */
module.exports = {
    // By its path: where pre-commit installs both, prettier would look for the plugin in this folder.
    plugins: [require.resolve("@prettier/plugin-xml")],
    // As in the Python code; OCA's template has 88 for both.
    printWidth: 120,
    bracketSpacing: false,
    proseWrap: "preserve",
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
};
