package dev.signalbox.server.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** docs/configuration.md, from the table of keys. A test fails when the file differs. */
public final class ConfigurationPage {
    private static final String FRONT = """
            # Configuration

            Generated from the keys that each feature of the server declares; a test compares. To change it, change the
            keys and run the test with `-Dsignalbox.docs=write`.

            A server needs no configuration: without any it keeps its data in a SQLite file, listens on loopback only, and
            makes a token for its admin. `serve` reads `--config FILE`, or the file that `SIGNALBOX_CONFIG` names, or
            `signalbox.yaml` in the working folder if there is one.

            ```yaml
            control:
              host: 0.0.0.0
            auth:
              tokens:
                - name: operations
                  role: admin
                  token-file: /run/secrets/signalbox-admin
            database:
              url: jdbc:postgresql://db.example/signalbox
              user: signalbox
              password-file: /run/secrets/signalbox-db
            delivery:
              sms:
                url: https://sms.example/send
                token-file: /run/secrets/sms
                key-lifetime: 24h
            ```

            **Sources.** Of several, the strongest counts: `--set key=value`, then the environment variable of the key, then
            the file, then the variables of go-message-dispatcher, then the default. `serve --print-config` shows what is in
            effect and where each value comes from, without the secrets. What it prints is YAML and can be loaded again,
            once the masked secrets are filled in.

            **Names.** The variable of a key is its path in upper case with `_` for `.` and `-`, after `SIGNALBOX_`. An
            element of a list has its number in the path, from 0: `--set auth.tokens.0.role=admin`,
            `SIGNALBOX_AUTH_TOKENS_0_ROLE`. An empty variable counts as not set. A key that ends with `NAME` stands for any
            number of settings with names of your own, each a letter and then up to 63 letters, digits, hyphens or
            underscores, in any case: `--set observatory.headers.X-Api-Key=…`, `SIGNALBOX_OBSERVATORY_HEADERS_X_API_KEY`.

            **Secrets.** Each key marked *secret* also exists with `-file` at its end (`_FILE` in the variable), and then names
            a file that holds the value. Secrets, the credentials in URLs, and parameters of URLs whose name tells of a secret
            (`password`, `token`, `access_key`, …) are shown as `***` everywhere: in what is printed, in errors, in the log,
            over REST.

            **Mistakes.** All of them are named at once, in the words of the file, with the line or variable they come from,
            and the server does not start. An unknown key in the file or in `--set` is a mistake, and so is an unknown
            variable that begins with `SIGNALBOX_`. Excepted are `SIGNALBOX_HOME`, `SIGNALBOX_CONFIG`, `SIGNALBOX_CONTEXT`,
            `SIGNALBOX_URL`, `SIGNALBOX_TOKEN`, `SIGNALBOX_TOKEN_FILE`, `SIGNALBOX_CA_FILE` and `SIGNALBOX_CLIENT_TOKEN`,
            which the launcher and other commands read; what begins with `SIGNALBOX_X_`, which is yours; and what Kubernetes
            sets for a service named `signalbox` (`SIGNALBOX_SERVICE_HOST`, `SIGNALBOX_PORT=tcp://…` and so on).

            **Values.** Durations are `250ms`, `30s`, `1m30s`, `24h`, `2d` or ISO 8601; sizes are `4096`, `256KiB`, `1MiB`.
            Relative paths start at the working folder.
            """;
    private static final String SEED = """

            ## go-message-dispatcher

            Its environment variables work as they are. Setting any of `DB_…` selects PostgreSQL, with its defaults for the
            others of them and for the SMS provider. Other than there, a value that cannot be read is a mistake, `REDIS_…` and the
            lock are not needed (they are passed over, whatever their value), and control routes ask for a token.

            They are the weakest source, and a group counts as a whole or not at all: `DB_…` where neither the file nor a
            stronger source sets `database.url`, `SMS_…` where none sets `delivery.sms.url` and the like. What is passed over
            is named by a warning, together with the setting that took its place. A mixture, such as `DB_HOST` with
            `database.password` from the file, is a mistake. So a forgotten `DB_NAME` in the environment cannot redirect a
            server to another database.

            `SERVER_PORT` sets only the port. go-message-dispatcher listened on all addresses; here `control.host` stays
            127.0.0.1, which in a container nobody reaches from outside: set `SIGNALBOX_CONTROL_HOST=0.0.0.0` there. A
            variable such as `SERVER_PORT=tcp://10.96.0.12:80`, which Kubernetes sets for a service of that name, is passed
            over with a warning.

            | Variable | It must be | Default there | Here it |
            |---|---|---|---|
            """;

    private ConfigurationPage() {}

    public static String text(Schema schema) {
        return FRONT + sections(schema) + seed(schema);
    }

    private static String sections(Schema schema) {
        Map<String, List<Key<?>>> sections = schema.keys().stream()
                .collect(Collectors.groupingBy(
                        key -> key.path().substring(0, key.path().indexOf('.')),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return sections.entrySet().stream()
                .map(section -> section(section.getKey(), section.getValue()))
                .collect(Collectors.joining());
    }

    private static String section(String name, List<Key<?>> keys) {
        return keys.stream()
                .map(ConfigurationPage::row)
                .collect(Collectors.joining(
                        "",
                        "\n## " + name
                                + "\n\n| Key and variable | It must be | Default | Meaning |\n|---|---|---|---|\n",
                        ""));
    }

    private static String row(Key<?> key) {
        return "| `" + key.path() + "`" + (key.secret() ? " *(secret)*" : "") + "<br>`"
                + key.variable().replace("*", "0") + "` | " + key.kind().allowed() + " | "
                + key.fallback().map(text -> "`" + text + "`").orElse("–") + " | " + key.meaning() + " |\n";
    }

    private static String seed(Schema schema) {
        return schema.variables().stream()
                .map(v -> "| `" + v.name() + "` | " + v.kind().allowed() + " | "
                        + (v.fallback().isEmpty() ? "–" : "`" + v.fallback() + "`") + " | " + v.effect() + " |\n")
                .collect(Collectors.joining("", SEED, ""));
    }
}
