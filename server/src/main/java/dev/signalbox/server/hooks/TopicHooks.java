package dev.signalbox.server.hooks;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authorizer.Operation;
import dev.signalbox.router.Draft;
import dev.signalbox.router.ErrorCode;
import dev.signalbox.router.Gatekeeper;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouteError;
import dev.signalbox.server.configuration.FailureText;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the backend before clients subscribe and publish. Thread-safe; what blocks has a virtual thread of its own. */
final class TopicHooks implements Gatekeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TopicHooks.class);

    private final HookSettings settings;
    private final HookCaller caller;

    TopicHooks(HookSettings settings, HookCaller caller) {
        this.settings = settings;
        this.caller = caller;
    }

    private record Subscription(String hook, String client, UUID session, String topic) {}

    private record Publication(
            String hook,
            String client,
            UUID session,
            String topic,
            Optional<String> text,
            Optional<byte[]> base64,
            Map<String, String> headers) {}

    private static Optional<Hook> hook(Operation operation) {
        return switch (operation) {
            case SUBSCRIBE -> Optional.of(Hook.SUBSCRIBE);
            case PUBLISH -> Optional.of(Hook.PUBLISH);
            case SEND -> Optional.empty();
        };
    }

    @Override
    public boolean asksAbout(Operation operation, Address.Topic topic) {
        return hook(operation).filter(hook -> settings.asksAbout(hook, topic)).isPresent();
    }

    @Override
    public CompletionStage<Optional<RouteError>> ask(Wish wish) {
        var answer = new CompletableFuture<Optional<RouteError>>();
        Thread.ofVirtual().name("hook").start(() -> {
            try {
                answer.complete(answered(wish));
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private Optional<RouteError> answered(Wish wish) {
        try {
            HookAnswer answer = caller.ask(hook(wish.operation()).orElseThrow(), question(wish));
            return answer.allow()
                    ? Optional.empty()
                    : Optional.of(
                            error(wish, ErrorCode.REJECTED, answer.reason().orElse("the backend does not allow it")));
        } catch (HookException e) {
            LOG.debug("the backend was not asked about {}: {}", wish.topic(), FailureText.of(e));
            return settings.away() == HookKeys.WhenAway.ALLOW
                    ? Optional.empty()
                    : Optional.of(error(
                            wish,
                            ErrorCode.OVERLOADED,
                            "whether you may use " + wish.topic()
                                    + " could not be asked just now; try again in a while"));
        }
    }

    private static RouteError error(Wish wish, ErrorCode code, String message) {
        return new RouteError(code, Optional.of(wish.topic()), message);
    }

    private static Object question(Wish wish) {
        String client = wish.session().user();
        UUID session = wish.session().id();
        String topic = wish.topic().name();
        return wish.draft()
                .<Object>map(draft -> publication(client, session, topic, draft))
                .orElseGet(() -> new Subscription("subscribe", client, session, topic));
    }

    private static Publication publication(String client, UUID session, String topic, Draft draft) {
        Payload payload = draft.payload();
        return new Publication(
                "publish",
                client,
                session,
                topic,
                payload instanceof Payload.Text text ? Optional.of(text.value()) : Optional.empty(),
                payload instanceof Payload.Binary bytes ? Optional.of(bytes.toByteArray()) : Optional.empty(),
                draft.headers());
    }
}
