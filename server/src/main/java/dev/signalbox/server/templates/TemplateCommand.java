package dev.signalbox.server.templates;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.Confirmation;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.TemplateVariables;
import dev.signalbox.server.command.Visible;
import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Templates. */
@Command(
        name = "template",
        description = "Saves the templates that messages are made of, and shows what they make.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TemplateCommand.Save.class,
            TemplateCommand.Listing.class,
            TemplateCommand.Show.class,
            TemplateCommand.Preview.class,
            TemplateCommand.Delete.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox template save welcome welcome.html --channel email --subject 'Welcome, {{name}}' --html",
            "  signalbox template save welcome welcome.mjml --channel email --subject 'Welcome' --mjml",
            "  signalbox template save welcome welcome.de.txt --locale de",
            "  signalbox template save bill bill.html --channel email --html --engine pebble",
            "  signalbox template preview welcome --var name=Alice",
            "  signalbox send --to email:alice@example.com --template welcome --var name=Alice"
        })
final class TemplateCommand {
    private static final String PATH = "/api/templates";

    /** What the commands have in common: a server, an output, and JSON on demand. */
    abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        RestClient client() {
            return server.client();
        }

        Output output() {
            return output;
        }

        void print(JsonNode answer, String words) {
            if (json) {
                output.result(answer);
            } else {
                output.result(words);
            }
        }

        boolean json() {
            return json;
        }

        static String path(String name) {
            return PATH + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        }

        static String text(JsonNode node, String name) {
            return node.path(name).asString("");
        }

        static void put(ObjectNode body, String name, @Nullable String value) {
            if (value != null) {
                body.put(name, value);
            }
        }

        static void table(JsonNode templates, Output output) {
            var table = new Table("NAME", "CHANNEL", "LOCALE", "VERSION", "ENGINE", "VARIABLES", "SUBJECT", "BODY");
            for (JsonNode template : templates) {
                table.row(
                        text(template, "name"),
                        text(template, "channel"),
                        text(template, "locale"),
                        text(template, "version"),
                        text(template, "engine"),
                        template.path("variables")
                                .valueStream()
                                .map(JsonNode::asString)
                                .collect(Collectors.joining(" ")),
                        text(template, "subject"),
                        text(template, "body"));
            }
            table.print(output.out());
            output.flush();
        }
    }

    /** Saves. */
    @Command(
            name = "save",
            description =
                    "Saves a template, or a new version of it. A message takes the one for its channel and language first.",
            mixinStandardHelpOptions = true)
    static final class Save extends Question {
        @Parameters(
                index = "0",
                paramLabel = "NAME",
                description = "Lower-case letters, digits, dots, hyphens, underscores.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The text, in Mustache or Pebble.")
        private Path file = Path.of("");

        @Option(
                names = "--channel",
                paramLabel = "CHANNEL",
                description = "Such as email; without it, for every channel.")
        private @Nullable String channel;

        @Option(
                names = "--locale",
                paramLabel = "LOCALE",
                description = "Such as de or de-at; without it, where no other fits.")
        private @Nullable String locale;

        @Option(
                names = "--subject",
                paramLabel = "TEXT",
                description = "The subject of mail, which may have variables, too.")
        private @Nullable String subject;

        @Option(names = "--html", description = "The text is HTML: variables in it are escaped.")
        private boolean html;

        @Option(names = "--mjml", description = "The text is MJML, which becomes HTML when it is saved.")
        private boolean mjml;

        @Option(
                names = "--engine",
                paramLabel = "ENGINE",
                description = "What the text is written in: mustache, which is the default, or pebble.")
        private @Nullable String engine;

        @Override
        public Integer call() {
            ObjectNode body =
                    RestClient.JSON.createObjectNode().put("name", name).put("body", read());
            put(body, "channel", channel);
            put(body, "locale", locale);
            put(body, "engine", engine);
            put(body, "subject", subject);
            body.put("html", html).put("mjml", mjml);
            JsonNode saved = client().post(PATH, body);
            print(saved, text(saved, "name") + " is saved as version " + text(saved, "version"));
            return ExitCode.OK;
        }

        private String read() {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new CommandFailure(ExitCode.USAGE, "the template cannot be read: " + FailureText.of(e), e);
            }
        }
    }

    /** Lists. */
    @Command(name = "list", description = "Lists the newest versions by name.", mixinStandardHelpOptions = true)
    static final class Listing extends Question {
        @Option(names = "--after", paramLabel = "NAME", defaultValue = "", description = "Begins after this one.")
        private String after = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "How many names; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            String from = after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
            JsonNode page = client().get(PATH + "?limit=" + limit + from);
            if (json()) {
                output().result(page);
                return ExitCode.OK;
            }
            table(page.path("items"), output());
            if (page.hasNonNull("next")) {
                output().note("More: --after " + text(page, "next"));
            }
            return ExitCode.OK;
        }
    }

    /** Shows one. */
    @Command(
            name = "show",
            description = "Shows a template for each channel and language.",
            mixinStandardHelpOptions = true)
    static final class Show extends Question {
        @Parameters(paramLabel = "NAME", description = "The template's name.")
        private String name = "";

        @Override
        public Integer call() {
            JsonNode found = client().get(path(name));
            if (json()) {
                output().result(found);
            } else {
                table(found.path("items"), output());
            }
            return ExitCode.OK;
        }
    }

    /** Fills one in. */
    @Command(
            name = "preview",
            description = "Prints what a template makes of its variables. Nothing is sent.",
            mixinStandardHelpOptions = true)
    static final class Preview extends Question {
        @Parameters(paramLabel = "NAME", description = "The template's name.")
        private String name = "";

        @Mixin
        private final TemplateVariables variables = new TemplateVariables();

        @Option(names = "--channel", paramLabel = "CHANNEL", description = "Such as email.")
        private @Nullable String channel;

        @Option(names = "--locale", paramLabel = "LOCALE", description = "Such as de or de-at.")
        private @Nullable String locale;

        @Option(names = "--template-version", paramLabel = "N", description = "An older version.")
        private @Nullable Integer version;

        @Override
        public Integer call() {
            ObjectNode body = RestClient.JSON.createObjectNode();
            put(body, "channel", channel);
            put(body, "locale", locale);
            if (version != null) {
                body.put("version", version);
            }
            body.set("variables", variables.read());
            JsonNode made = client().post(path(name) + "/preview", body);
            String subject = text(made, "subject");
            print(
                    made,
                    (subject.isEmpty() ? "" : Visible.line(subject) + "\n\n") + Visible.block(text(made, "body"), 0));
            return ExitCode.OK;
        }
    }

    /** Gone. */
    @Command(
            name = "delete",
            description = "Removes a template with all its versions. Messages made of it stay.",
            mixinStandardHelpOptions = true)
    static final class Delete extends Question {
        @Parameters(paramLabel = "NAME", description = "The template's name.")
        private String name = "";

        @Option(names = "--yes", description = "Does it without asking.")
        private boolean yes;

        @Override
        public Integer call() {
            if (!yes) {
                Confirmation.require(output(), "Delete the template " + name + " with all its versions?");
            }
            var _ = client().delete(path(name));
            print(RestClient.JSON.createObjectNode().put("deleted", name), "Deleted the template " + name);
            return ExitCode.OK;
        }
    }
}
