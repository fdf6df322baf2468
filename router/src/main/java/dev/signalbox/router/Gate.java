package dev.signalbox.router;

import dev.signalbox.router.Authorizer.Operation;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where a {@link Gatekeeper} stands, if there is one. Thread-safe; nothing here blocks. */
final class Gate {
    private final RouterListener listener;
    private volatile @Nullable Gatekeeper keeper;

    Gate(RouterListener listener) {
        this.listener = listener;
    }

    void keeper(Gatekeeper changed) {
        keeper = changed;
    }

    boolean isKept() {
        return keeper != null;
    }

    /** What has to be awaited before a session may subscribe; empty if nothing. */
    Optional<CompletionStage<Optional<RouteError>>> toSubscribe(LiveSession session, Address.Topic topic) {
        Gatekeeper asked = keeper;
        return asked == null || !asked.asksAbout(Operation.SUBSCRIBE, topic)
                ? Optional.empty()
                : Optional.of(ask(asked, session, Operation.SUBSCRIBE, topic, Optional.empty()));
    }

    /** The same before it may publish to the topics among the targets: all of them have to be allowed. */
    Optional<CompletionStage<Optional<RouteError>>> toPublish(LiveSession session, Draft draft) {
        Gatekeeper asked = keeper;
        if (asked == null) {
            return Optional.empty();
        }
        CompletionStage<Optional<RouteError>> all = null; // of those that have to be asked about
        for (Address target : draft.targets()) {
            if (target instanceof Address.Topic topic && asked.asksAbout(Operation.PUBLISH, topic)) {
                var one = ask(asked, session, Operation.PUBLISH, topic, Optional.of(draft));
                all = all == null ? one : all.thenCombine(one, (first, second) -> first.isPresent() ? first : second);
            }
        }
        return Optional.ofNullable(all);
    }

    private CompletionStage<Optional<RouteError>> ask(
            Gatekeeper asked, LiveSession session, Operation operation, Address.Topic topic, Optional<Draft> draft) {
        try {
            return asked.ask(new Gatekeeper.Wish(session.info(), operation, topic, draft))
                    .handle((refusal, failure) -> failure == null ? refusal : failed(topic, failure));
        } catch (Throwable e) {
            return CompletableFuture.completedFuture(failed(topic, e));
        }
    }

    private Optional<RouteError> failed(Address.Topic topic, Throwable failure) {
        listener.logicFailed("gatekeeper", failure);
        return Optional.of(RouteError.to(
                topic,
                ErrorCode.OVERLOADED,
                "whether you may use " + topic + " could not be asked just now; try again in a while"));
    }
}
