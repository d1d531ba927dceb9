// What eslint is compared with: both security plugins as they recommend
// themselves, and nothing else. JavaScript only: TypeScript takes a parser more.
import noUnsanitized from "eslint-plugin-no-unsanitized";
import security from "eslint-plugin-security";

export default [
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" } },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: { sourceType: "module" },
    plugins: { security, "no-unsanitized": noUnsanitized },
    rules: { ...security.configs.recommended.rules, ...noUnsanitized.configs.recommended.rules },
  },
];
