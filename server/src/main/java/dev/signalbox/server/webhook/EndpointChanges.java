package dev.signalbox.server.webhook;

import dev.signalbox.server.command.Confirmation;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Commands that change an endpoint. */
final class EndpointChanges {
    private EndpointChanges() {}

    /** What is about one endpoint. */
    abstract static class OfOne extends EndpointQuestion {
        @Parameters(paramLabel = "ID", description = "The endpoint's id.")
        private String id = "";

        String id() {
            return id;
        }

        String path() {
            return path(id);
        }

        static ObjectNode body() {
            return RestClient.JSON.createObjectNode();
        }
    }

    /** Another URL. */
    @Command(
            name = "change",
            description = "Gives an endpoint another URL or description. Its keys stay.",
            mixinStandardHelpOptions = true)
    static final class Change extends OfOne {
        @Option(names = "--new-url", paramLabel = "URL", description = "Where webhooks are posted from now on.")
        private @Nullable String url;

        @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
        private @Nullable String description;

        @Override
        public Integer call() {
            ObjectNode body = body();
            EndpointCreate.put(body, "url", url);
            EndpointCreate.put(body, "description", description);
            print(client().post(path(), body));
            return ExitCode.OK;
        }
    }

    /** Another key. */
    @Command(
            name = "rotate",
            description = {
                "Gives an endpoint a new key and prints its secret, which is shown this once and never again.",
                "The old key signs beside it for a while, so that the receiver can exchange its own without losing anything."
            },
            mixinStandardHelpOptions = true)
    static final class Rotate extends OfOne {
        @Option(
                names = "--overlap",
                paramLabel = "TIME",
                defaultValue = "24h",
                description = "How long old keys still sign, 0s to 30d; default ${DEFAULT-VALUE}.")
        private String overlap = "";

        @Option(names = "--kind", paramLabel = "KIND", description = "symmetric or ed25519; as before if not given.")
        private @Nullable String kind;

        @Option(
                names = "--secret-file",
                paramLabel = "FILE",
                description = "A file with a secret of your own, instead of a new one.")
        private @Nullable Path secretFile;

        @Override
        public Integer call() {
            ObjectNode body = body().put("overlap", overlap);
            EndpointCreate.put(body, "kind", kind);
            EndpointCreate.put(body, "secret", secretFile == null ? null : EndpointCreate.read(secretFile));
            print(client().post(path() + "/rotate", body));
            if (!json()) {
                output().note("Keep the secret now: it is not shown again");
            }
            return ExitCode.OK;
        }
    }

    /** No more webhooks. */
    @Command(
            name = "disable",
            description = "Sends nothing to an endpoint any more. Messages to it end as REJECTED, and can be replayed.",
            mixinStandardHelpOptions = true)
    static final class Disable extends OfOne {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for those who see it.")
        private @Nullable String reason;

        @Override
        public Integer call() {
            ObjectNode body = body();
            EndpointCreate.put(body, "reason", reason);
            print(client().post(path() + "/disable", body));
            return ExitCode.OK;
        }
    }

    /** Webhooks again. */
    @Command(
            name = "enable",
            description = "Sends to an endpoint again, and forgets its failures. What it missed is for replay.",
            mixinStandardHelpOptions = true)
    static final class Enable extends OfOne {
        @Override
        public Integer call() {
            print(client().post(path() + "/enable"));
            return ExitCode.OK;
        }
    }

    /** What it missed. */
    @Command(
            name = "replay",
            description = {
                "Sends an endpoint again what it missed: messages accepted since a time that ended as DEAD, REJECTED or UNKNOWN.",
                "They keep their ids, so that a receiver which had one after all knows it."
            },
            mixinStandardHelpOptions = true)
    static final class Replay extends OfOne {
        @Option(names = "--since", paramLabel = "TIME", required = true, description = "Such as 2026-03-01T12:00:00Z.")
        private String since = "";

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                description = "The most messages, 1 to 10000; default ${DEFAULT-VALUE}.")
        private int limit;

        @Option(names = "--dry-run", description = "Only counts them.")
        private boolean dryRun;

        @Override
        public Integer call() {
            JsonNode done = client().post(
                            path() + "/replay",
                            body().put("since", since).put("limit", limit).put("dryRun", dryRun));
            if (json()) {
                output().result(done);
                return ExitCode.OK;
            }
            output().result(
                            dryRun
                                    ? text(done, "matched") + " would be sent again"
                                    : text(done, "changed") + " are sent again, of " + text(done, "matched"));
            if (done.path("more").asBoolean(false)) {
                output().note("There are more; run the same again, or raise --limit");
            }
            return ExitCode.OK;
        }
    }

    /** Gone. */
    @Command(
            name = "delete",
            description = "Removes an endpoint and its keys for good. Messages that still wait for it end as REJECTED.",
            mixinStandardHelpOptions = true)
    static final class Delete extends OfOne {
        @Option(names = "--yes", description = "Does it without asking.")
        private boolean yes;

        @Override
        public Integer call() {
            if (!yes) {
                Confirmation.require(output(), "Delete the webhook endpoint " + id() + " with its keys?");
            }
            var _ = client().delete(path());
            if (json()) {
                output().result(body().put("deleted", id()));
            } else {
                output().note("Deleted the webhook endpoint " + id());
            }
            return ExitCode.OK;
        }
    }
}
