package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.HumanTime;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.command.Table;
import dev.signalbox.server.command.Visible;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Channels of the queue: how they stand, and what holds them back on all nodes. */
final class QueueLanes {
    private QueueLanes() {}

    /** How they stand. */
    @Command(
            name = "lanes",
            description =
                    "Lists the channels: how many messages are due, wait for their time or are under way, and pauses.",
            mixinStandardHelpOptions = true)
    static final class Listing extends QueueQuestion {
        @Override
        public Integer call() {
            print(client().get("/api/lanes"));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode lanes, PrintWriter out) {
            HumanTime times = HumanTime.local();
            var table = new Table("CHANNEL", "DUE", "LATER", "UNDER WAY", "OLDEST DUE", "SERVED", "PAUSED BY", "NOTE");
            for (var lane : lanes.path("items")) {
                String bound = lane.path("exact").asBoolean(true) ? "" : "+";
                JsonNode pause = lane.path("pause");
                table.row(
                        lane.path("channel").asString(""),
                        lane.path("due").asString("") + bound,
                        lane.path("later").asString("") + bound,
                        lane.path("underWay").asString(""),
                        lane.hasNonNull("oldestDue")
                                ? times.of(lane.path("oldestDue").asString(""))
                                : "",
                        lane.path("served").asBoolean(false) ? "yes" : "no",
                        pause.isObject() ? pause.path("actor").asString("somebody") : "",
                        pause.path("note").asString(""));
            }
            table.print(out);
        }
    }

    /** What a pause and its end are about: one channel, or all. */
    abstract static class Holding extends QueueQuestion {
        @Parameters(paramLabel = "CHANNEL", arity = "0..1", description = "One channel, such as sms; or else --all.")
        private @Nullable String channel;

        @Option(names = "--all", description = "All channels, of every node.")
        private boolean all;

        ObjectNode body() {
            if (all == (channel != null)) {
                throw new CommandFailure(ExitCode.USAGE, "name one channel, such as sms, or give --all");
            }
            var body = RestClient.JSON.createObjectNode();
            if (channel != null) {
                body.put("channel", channel);
            }
            return body;
        }

        String what() {
            return channel == null ? "all channels" : "channel " + Visible.line(channel);
        }
    }

    /** Holds messages back. */
    @Command(
            name = "pause",
            description = {
                "Holds a channel back, or all, on every node until it is resumed. What has begun ends; the rest waits.",
                "Expiries go on. To stop one server alone, see POST /api/messaging/stop."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox queue pause sms --note 'the provider works on its line until six'",
                "  signalbox queue pause --all"
            })
    static final class Pause extends Holding {
        @Option(names = "--note", paramLabel = "TEXT", description = "Why; shown by `queue lanes`.")
        private @Nullable String note;

        @Override
        public Integer call() {
            ObjectNode body = body();
            if (note != null) {
                body.put("note", note);
            }
            print(client().post("/api/lanes/pause", body));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode pause, PrintWriter out) {
            out.println(what() + " paused since "
                    + HumanTime.local().of(pause.path("since").asString("")) + " by "
                    + Visible.line(pause.path("actor").asString("somebody")));
        }
    }

    /** Lets them go on. */
    @Command(
            name = "resume",
            description = {
                "Ends the pause of a channel, or of all.",
                "They are apart: a channel that was paused by itself stays so when all are resumed."
            },
            mixinStandardHelpOptions = true)
    static final class Resume extends Holding {
        @Override
        public Integer call() {
            print(client().post("/api/lanes/resume", body()));
            return ExitCode.OK;
        }

        @Override
        void show(JsonNode answer, PrintWriter out) {
            boolean resumed = answer.path("resumed").asBoolean(false);
            out.println(resumed ? what() + " resumed" : "there was no pause of " + what());
        }
    }
}
