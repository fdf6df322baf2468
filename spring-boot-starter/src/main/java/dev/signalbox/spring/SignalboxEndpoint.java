package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.FlowControl;
import dev.signalbox.delivery.queue.FlowControl.LaneStatus;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Remark;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** The Actuator endpoint {@code signalbox}: how the queue stands, and the pause of a channel, or of all, on every node. */
@Endpoint(id = "signalbox")
final class SignalboxEndpoint {
    private static final String ALL = "all";

    private final DeliveryQueue queue;
    private final Optional<Dispatcher> dispatcher;

    /** @param dispatcher empty if this application does not send */
    SignalboxEndpoint(DeliveryQueue queue, Optional<Dispatcher> dispatcher) {
        this.queue = queue;
        this.dispatcher = dispatcher;
    }

    enum Operation {
        PAUSE,
        RESUME
    }

    /**
     * How all stands.
     *
     * @param dispatch whether this application sends; null if it has no dispatcher
     * @param messages by state
     * @param exact whether all were counted; those that wait are counted up to a bound
     */
    record Standing(
            Dispatcher.@Nullable DispatchState dispatch,
            Map<MessageState, Long> messages,
            boolean exact,
            List<Lane> lanes) {}

    record Lane(
            String channel,
            long due,
            long later,
            boolean exact,
            long underWay,
            @Nullable Instant oldestDue,
            boolean served,
            @Nullable Pause pause) {
        static Lane of(LaneStatus lane) {
            return new Lane(
                    lane.channel().name(),
                    lane.due(),
                    lane.later(),
                    lane.exact(),
                    lane.underWay(),
                    lane.oldestDue().orElse(null),
                    lane.served(),
                    lane.pause().map(Pause::of).orElse(null));
        }
    }

    /** @param channel the one that is paused, or {@code all} */
    record Pause(
            String channel,
            Instant since,
            @Nullable String actor,
            @Nullable String reason) {
        static Pause of(FlowControl.Pause pause) {
            return new Pause(
                    pause.channel().map(Channel::name).orElse(ALL),
                    pause.since(),
                    pause.remark().actor().orElse(null),
                    pause.remark().note().orElse(null));
        }
    }

    @ReadOperation
    Standing standing() {
        DeliveryQueue.Counts counts = queue.counts();
        return new Standing(
                dispatcher.map(Dispatcher::state).orElse(null),
                counts.byState(),
                counts.exact(),
                queue.flow().lanes().stream().map(Lane::of).toList());
    }

    /** Pauses or resumes a channel, or {@code all}; returns what is paused after it. */
    @WriteOperation
    List<Pause> change(@Selector String channel, Operation operation, @Nullable String reason) {
        Optional<Channel> which = channel.equals(ALL) ? Optional.empty() : Optional.of(named(channel));
        switch (operation) {
            case PAUSE -> queue.flow().pause(which, remark(reason));
            case RESUME -> queue.flow().resume(which);
        }
        return queue.flow().pauses().stream().map(Pause::of).toList();
    }

    private static Channel named(String channel) {
        try {
            return new Channel(channel);
        } catch (IllegalArgumentException e) {
            throw new InvalidEndpointRequestException(
                    "not the name of a channel: " + channel, "give the name of a channel, or 'all'", e);
        }
    }

    private static Remark remark(@Nullable String reason) {
        Remark remark = Remark.by("actuator");
        return reason == null || reason.isEmpty() ? remark : remark.withNote(reason);
    }
}
