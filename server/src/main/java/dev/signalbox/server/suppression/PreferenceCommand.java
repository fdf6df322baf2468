package dev.signalbox.server.suppression;

import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.suppression.SuppressionCommand.Question;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What recipients want. */
@Command(
        name = "preference",
        description = {
            "Shows and changes what recipients want: messages of a category, over a channel, or all.",
            "The closest entry decides; of two that are equally close, a no wins."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PreferenceCommand.Listing.class,
            PreferenceCommand.Allow.class,
            PreferenceCommand.Deny.class,
            PreferenceCommand.Remove.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox preference deny alice --category news --channel sms",
            "  signalbox preference allow alice --category research",
            "  signalbox preference list alice",
            "  signalbox preference remove alice --category news"
        })
final class PreferenceCommand {
    private static final String PATH = "/api/preferences";

    /** A question about one recipient. */
    abstract static class OfOne extends Question {
        @Parameters(
                paramLabel = "RECIPIENT",
                description =
                        "As messages name it in their header recipient, or an address such as email:alice@example.com.")
        private String recipient = "";

        String recipient() {
            return recipient;
        }
    }

    /** One that can be about a category or channel alone. */
    abstract static class About extends OfOne {
        @Option(names = "--category", paramLabel = "CATEGORY", description = "Only messages of this category.")
        private @Nullable String category;

        @Option(names = "--channel", paramLabel = "CHANNEL", description = "Only messages over this channel.")
        private @Nullable String channel;

        int put(boolean wanted) {
            ObjectNode body = RestClient.JSON
                    .createObjectNode()
                    .put("recipient", recipient())
                    .put("wanted", wanted);
            if (category != null) {
                body.put("category", category);
            }
            if (channel != null) {
                body.put("channel", channel);
            }
            JsonNode answer = client().post(PATH, body);
            print(answer, text(answer, "recipient") + (wanted ? " wants " : " wants no ") + what());
            return ExitCode.OK;
        }

        int remove() {
            JsonNode answer = client().delete(PATH + "?"
                    + (parameter("recipient", recipient())
                                    + parameter("category", category)
                                    + parameter("channel", channel))
                            .substring(1));
            int removed = answer.path("removed").asInt(0);
            print(
                    answer,
                    removed + (removed == 1 ? " preference" : " preferences") + " of " + recipient() + " removed");
            return removed > 0 ? ExitCode.OK : ExitCode.REFUSED;
        }

        private String what() {
            return (category == null ? "messages" : category + " messages")
                    + (channel == null ? "" : " over " + channel);
        }
    }

    /** Lists. */
    @Command(name = "list", description = "Lists the preferences of a recipient.", mixinStandardHelpOptions = true)
    static final class Listing extends OfOne {
        @Override
        public Integer call() {
            JsonNode answer = client().get(
                            PATH + "?" + parameter("recipient", recipient()).substring(1));
            if (json()) {
                output().result(answer);
            } else {
                table(answer);
            }
            return ExitCode.OK;
        }

        private void table(JsonNode answer) {
            HumanTime times = HumanTime.local();
            var table = new Table("CATEGORY", "CHANNEL", "WANTED", "SINCE", "SOURCE");
            for (JsonNode entry : answer.path("items")) {
                table.row(
                        entry.path("category").asString("all"),
                        entry.path("channel").asString("all"),
                        entry.path("wanted").asBoolean(false) ? "yes" : "no",
                        times.of(text(entry, "since")),
                        text(entry, "source"));
            }
            table.print(output().out());
            output().flush();
        }
    }

    /** Enters a yes. */
    @Command(
            name = "allow",
            description = "Enters that a recipient wants messages: of a category, over a channel, or all.",
            mixinStandardHelpOptions = true)
    static final class Allow extends About {
        @Override
        public Integer call() {
            return put(true);
        }
    }

    /** Enters a no. */
    @Command(
            name = "deny",
            description = {
                "Enters that a recipient wants no messages: of a category, over a channel, or none at all.",
                "Categories of suppression.unsilenced are sent all the same."
            },
            mixinStandardHelpOptions = true)
    static final class Deny extends About {
        @Override
        public Integer call() {
            return put(false);
        }
    }

    /** Forgets. */
    @Command(
            name = "remove",
            description = "Removes all preferences of a recipient, or those about a category or channel.",
            mixinStandardHelpOptions = true)
    static final class Remove extends About {
        @Override
        public Integer call() {
            return remove();
        }
    }
}
