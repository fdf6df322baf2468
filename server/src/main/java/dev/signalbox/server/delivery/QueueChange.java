package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.Confirmation;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.FailureText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What changes messages: those that are named, one after the other, where a refused one does not stop the others; or all
 * that a filter finds, after a confirmation.
 */
abstract class QueueChange extends QueueQuestion {
    private static final int MOST = 10_000;

    private final String action;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "The messages' ids; or else a filter.")
    private final List<String> ids = new ArrayList<>();

    @Mixin
    private final QueueFilter filter = new QueueFilter();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "With a filter: the most messages to change, 1 to 10000; default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--dry-run", description = "With a filter: only counts what would be changed.")
    private boolean dryRun;

    @Option(names = "--yes", description = "With a filter: does not ask for confirmation.")
    private boolean yes;

    @Option(names = "--note", paramLabel = "TEXT", description = "Why, for the messages' history.")
    private @Nullable String note;

    QueueChange(String action) {
        this.action = action;
    }

    @Override
    public Integer call() {
        Map<String, String> filtered = new LinkedHashMap<>(filter.given());
        if (ids.isEmpty() == filtered.isEmpty() && !(ids.isEmpty() && filtersByItself())) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    ids.isEmpty()
                            ? "name messages by id, or all of a state with --state"
                            : "give ids or a filter such as --state, not both");
        }
        return ids.isEmpty() ? byFilter(filtered) : each();
    }

    /** Whether no filter already means some messages only. */
    boolean filtersByItself() {
        return false;
    }

    /** Adds to a request's body what this action needs. */
    void specify(ObjectNode body) {}

    private int each() {
        if (dryRun) {
            throw new CommandFailure(ExitCode.USAGE, "--dry-run counts what a filter finds; give --state, not ids");
        }
        int exitCode = ExitCode.OK;
        var client = client();
        for (var id : ids) {
            try {
                print(client.post("/api/messages/" + encoded(id) + "/" + action, body()));
            } catch (CommandFailure refused) {
                if (refused.exitCode() != ExitCode.REFUSED) {
                    throw refused;
                }
                output().note(id + ": " + FailureText.of(refused));
                exitCode = ExitCode.REFUSED;
            }
        }
        return exitCode;
    }

    private ObjectNode body() {
        var body = RestClient.JSON.createObjectNode();
        if (note != null) {
            body.put("note", note);
        }
        specify(body);
        return body;
    }

    private int byFilter(Map<String, String> filtered) {
        if (!filtered.containsKey("state") && !filtersByItself()) {
            throw new CommandFailure(ExitCode.USAGE, "a filter needs --state, such as --state dead");
        }
        if (limit < 1 || limit > MOST) {
            throw new CommandFailure(ExitCode.USAGE, "--limit must be 1 to " + MOST + ", not " + limit);
        }
        var client = client();
        if (!dryRun && !yes) {
            JsonNode counted = client.post("/api/messages/actions", bulk(filtered, true));
            long matched = counted.path("matched").asLong(0);
            if (matched > 0) {
                Confirmation.require(output(), action + " " + matched + " messages?");
            }
        }
        print(client.post("/api/messages/actions", bulk(filtered, dryRun)));
        return ExitCode.OK;
    }

    private ObjectNode bulk(Map<String, String> filtered, boolean counts) {
        var body = body().put("action", action).put("limit", limit).put("dryRun", counts);
        var given = body.putObject("filter");
        filtered.forEach(given::put);
        return body;
    }

    @Override
    void show(JsonNode answer, PrintWriter out) {
        if (!answer.has("matched")) {
            out.println(
                    answer.path("id").asString("") + " " + answer.path("state").asString(""));
            return;
        }
        out.println(
                dryRun
                        ? answer.path("matched").asLong(0) + " match; nothing was changed"
                        : answer.path("changed").asLong(0) + " changed of "
                                + answer.path("matched").asLong(0) + " that match");
        if (answer.path("more").asBoolean(false)) {
            out.println("There are more; run the same again, or raise --limit");
        }
    }

    /** Tries messages again. */
    @Command(
            name = "retry",
            description = {
                "Tries messages again that ended without being sent, or were parked, from their first step.",
                "Without ids, all that a filter finds: it counts them and asks first."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox queue retry --state dead --reason timeout --note 'the provider is back'",
                "  signalbox queue retry --state rejected --new-key --note 'the provider repeats its old refusal'"
            })
    static final class Retry extends QueueChange {
        @Option(
                names = "--new-key",
                description = {
                    "Sends them with a new idempotency key, for a provider that answers a key it knows as it did before.",
                    "If it has sent the message under the old key after all, it sends it again."
                })
        private boolean newKey;

        Retry() {
            super("retry");
        }

        @Override
        void specify(ObjectNode body) {
            if (newKey) {
                body.put("newKey", true);
            }
        }
    }

    /** Cancels messages. */
    @Command(
            name = "cancel",
            description = {
                "Cancels messages that are not being sent yet. One that may have been sent before becomes UNKNOWN.",
                "Without ids, all that a filter finds: it counts them and asks first."
            },
            mixinStandardHelpOptions = true)
    static final class Cancel extends QueueChange {
        Cancel() {
            super("cancel");
        }
    }

    /** Removes messages. */
    @Command(
            name = "delete",
            description = {
                "Removes messages that have ended, with their history. Their ids and dedupe keys are free then.",
                "Without ids, all that a filter finds: it counts them and asks first."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  signalbox queue delete --state sent --tag campaign:spring --note 'by request'"})
    static final class Delete extends QueueChange {
        Delete() {
            super("delete");
        }
    }

    /** Decides about messages that may or may not have been sent. */
    @Command(
            name = "resolve",
            description = {
                "Decides what became of messages in state UNKNOWN, which may or may not have been sent.",
                "Without ids, about all of them, or those that a filter finds: it counts them and asks first."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox queue resolve 019ac0de-0000-7000-8000-000000000001 --arrived --note 'asked the provider'"
            })
    static final class Resolve extends QueueChange {
        /** What was found out. */
        static final class Outcome {
            @Option(names = "--arrived", required = true, description = "It arrived: SENT.")
            private boolean arrived;

            @Option(
                    names = "--not-arrived",
                    required = true,
                    description = "It did not arrive: goes on with its next step, or is DEAD.")
            private boolean notArrived;

            @Option(names = "--retry", required = true, description = "Try it again from its first step.")
            private boolean retry;

            private String word() {
                if (retry) {
                    return "retry";
                }
                return notArrived ? "not-arrived" : arrived ? "arrived" : "";
            }
        }

        @ArgGroup(multiplicity = "1")
        private Outcome outcome = new Outcome();

        Resolve() {
            super("resolve");
        }

        @Override
        boolean filtersByItself() {
            return true;
        }

        @Override
        void specify(ObjectNode body) {
            body.put("outcome", outcome.word());
        }
    }
}
