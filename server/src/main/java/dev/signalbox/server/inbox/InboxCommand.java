package dev.signalbox.server.inbox;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.ServerOptions;
import dev.signalbox.server.command.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Inboxes. */
@Command(
        name = "inbox",
        description = "Shows what waits in a recipient's inbox, and marks it as read, unread or archived.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InboxCommand.Listing.class,
            InboxCommand.Read.class,
            InboxCommand.Unread.class,
            InboxCommand.Archive.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox send --to inbox:alice 'Your table is ready'",
            "  signalbox inbox ls alice --state unread",
            "  signalbox inbox read alice --all",
            "  signalbox inbox archive alice 019ac0de-7c1b-7000-8622-15d187ef5184"
        })
final class InboxCommand {
    private static final String PATH = "/api/inboxes/";

    /** What the commands have in common: a server, a recipient, an output, and JSON on demand. */
    abstract static class Question implements Callable<Integer> {
        @Mixin
        private final ServerOptions server = new ServerOptions();

        @Option(names = "--json", description = "Prints the server's JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        @Parameters(index = "0", paramLabel = "RECIPIENT", description = "Whose inbox, such as alice.")
        private String recipient = "";

        RestClient client() {
            return server.client();
        }

        Output output() {
            return output;
        }

        String recipient() {
            return recipient;
        }

        boolean json() {
            return json;
        }

        /** The inbox's path; a name with slashes is encoded. */
        String path() {
            return PATH + encoded(recipient);
        }

        static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        }

        static String text(JsonNode node, String name) {
            return node.path(name).asString("");
        }
    }

    /** Lists. */
    @Command(
            name = "ls",
            description = "Lists an inbox, newest first: what is not archived, or what has one state.",
            mixinStandardHelpOptions = true)
    static final class Listing extends Question {
        @Option(names = "--state", paramLabel = "STATE", description = "Only unread, read or archived items.")
        private @Nullable String state;

        @Option(names = "--after", paramLabel = "PLACE", description = "Begins after a page, as that page says.")
        private @Nullable String after;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "How many; default ${DEFAULT-VALUE}.")
        private int limit;

        @Override
        public Integer call() {
            JsonNode page = client().get(path() + "?limit=" + limit
                    + (state == null ? "" : "&state=" + encoded(state.toUpperCase(Locale.ROOT)))
                    + (after == null ? "" : "&after=" + encoded(after)));
            if (json()) {
                output().result(page);
            } else {
                table(page);
            }
            return ExitCode.OK;
        }

        private void table(JsonNode page) {
            HumanTime times = HumanTime.local();
            var table = new Table("ID", "STATE", "CAME", "CATEGORY", "SUBJECT", "BODY");
            for (JsonNode item : page.path("items")) {
                table.row(
                        text(item, "id"),
                        text(item, "state"),
                        times.of(text(item, "at")),
                        text(item, "category"),
                        text(item, "subject"),
                        text(item, "body"));
            }
            table.print(output().out());
            output().flush();
            output().note(page.path("unread").asInt() + " unread");
            if (page.hasNonNull("next")) {
                output().note("More: --after " + text(page, "next"));
            }
        }
    }

    /** What marks items. */
    abstract static class Marking extends Question {
        private final String state;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(
                index = "1..*",
                paramLabel = "ID",
                arity = "0..*",
                description = "The ids of items, as ls shows them.")
        private final List<String> ids = new ArrayList<>();

        Marking(String state) {
            this.state = state;
        }

        boolean all() {
            return false;
        }

        @Override
        public Integer call() {
            if (all() != ids.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        all() ? "give ids or --all, not both" : "say which items: the ids that ls shows");
            }
            ObjectNode mark = RestClient.JSON.createObjectNode().put("state", state);
            if (all()) {
                mark.put("all", true);
            } else {
                mark.set("ids", RestClient.JSON.valueToTree(ids));
            }
            JsonNode marks = client().post(path() + "/marks", mark);
            if (json()) {
                output().result(marks);
            } else {
                int changed = marks.path("changed").asInt();
                output().result("%d %s now %s, %d unread"
                        .formatted(
                                changed,
                                changed == 1 ? "item is" : "items are",
                                state.toLowerCase(Locale.ROOT),
                                marks.path("unread").asInt()));
            }
            return ExitCode.OK;
        }
    }

    /** Read. */
    @Command(name = "read", description = "Marks items as read.", mixinStandardHelpOptions = true)
    static final class Read extends Marking {
        @Option(names = "--all", description = "All that are unread.")
        private boolean all;

        Read() {
            super("READ");
        }

        @Override
        boolean all() {
            return all;
        }
    }

    /** Unread again. */
    @Command(name = "unread", description = "Marks items as unread again.", mixinStandardHelpOptions = true)
    static final class Unread extends Marking {
        Unread() {
            super("UNREAD");
        }
    }

    /** Put away. */
    @Command(
            name = "archive",
            description = "Puts items away: they are listed no more.",
            mixinStandardHelpOptions = true)
    static final class Archive extends Marking {
        @Option(names = "--all", description = "All of them, unread ones included.")
        private boolean all;

        Archive() {
            super("ARCHIVED");
        }

        @Override
        boolean all() {
            return all;
        }
    }
}
