package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.FlowControl.LaneStatus;
import dev.signalbox.delivery.queue.FlowControl.Pause;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Shows how channels stand, and pauses and resumes them on all nodes. Thread-safe. */
final class LaneRoutes {
    private static final Set<String> PAUSE = Set.of("channel", "note");
    private static final Set<String> RESUME = Set.of("channel");

    private final DeliveryQueue queue;
    private final ControlPlane.Bounds bounds;

    LaneRoutes(DeliveryQueue queue, ControlPlane.Bounds bounds) {
        this.queue = queue;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(
                Route.read("/api/lanes", this::list),
                Route.post("/api/lanes/pause", Role.ADMIN, this::pause),
                Route.post("/api/lanes/resume", Role.ADMIN, this::resume));
    }

    private record PauseView(Optional<String> channel, Instant since, Optional<String> actor, Optional<String> note) {
        static PauseView of(Pause pause) {
            return new PauseView(
                    pause.channel().map(Channel::name),
                    pause.since(),
                    pause.remark().actor(),
                    pause.remark().note());
        }
    }

    private record LaneView(
            String channel,
            long due,
            long later,
            boolean exact,
            long underWay,
            Optional<Instant> oldestDue,
            boolean served,
            Optional<PauseView> pause) {
        static LaneView of(LaneStatus lane) {
            return new LaneView(
                    lane.channel().name(),
                    lane.due(),
                    lane.later(),
                    lane.exact(),
                    lane.underWay(),
                    lane.oldestDue(),
                    lane.served(),
                    lane.pause().map(PauseView::of));
        }
    }

    private void list(Request request, Response response) throws IOException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("items", queue.flow().lanes().stream().map(LaneView::of).toList());
        answer.put("pauses", queue.flow().pauses().stream().map(PauseView::of).toList());
        Json.send(response, answer);
    }

    private void pause(Request request, Response response) throws IOException {
        JsonFields fields = OperatorBody.optional(request, bounds, PAUSE);
        Optional<Channel> channel = channel(fields);
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        Json.send(response, PauseView.of(queue.flow().pause(channel, remark)));
    }

    private record Resumed(boolean resumed) {}

    private void resume(Request request, Response response) throws IOException {
        JsonFields fields = OperatorBody.optional(request, bounds, RESUME);
        Optional<Channel> channel = channel(fields);
        OperatorBody.refuseWrong(fields.violations());
        Json.send(response, new Resumed(queue.flow().resume(channel)));
    }

    private static Optional<Channel> channel(JsonFields fields) {
        Optional<String> name = fields.text("channel");
        try {
            return name.map(Channel::new);
        } catch (IllegalArgumentException wrong) {
            fields.violations().add("channel", "must be the name of a channel, such as sms");
            return Optional.empty();
        }
    }
}
