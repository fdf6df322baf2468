package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.MessageId;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A logic has a message once it has replied, and not before. */
class LogicSenderTest {
    private static final Set<String> NAMES = Set.of("orders");

    private final Router router = Router.create(RouterOptions.defaults());
    private final List<Message> handled = new CopyOnWriteArrayList<>();
    private final Delivery delivery = delivery("orders");

    private static Delivery delivery(String logic) {
        return new Delivery(
                MessageId.next(),
                0,
                1,
                Channel.LOGIC,
                logic,
                "{\"batch\": 1}",
                Map.of("batch", "7"),
                Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        router.close();
    }

    private SendResult send(Duration timeout) throws InterruptedException {
        return new LogicSender(router, NAMES, timeout).send(delivery);
    }

    private SendResult send() throws InterruptedException {
        return send(Duration.ofSeconds(20));
    }

    private void add(Logic.Handler handler) {
        router.add("orders", Logic.dispatched((message, context) -> {
            handled.add(message);
            handler.handle(message, context);
        }));
    }

    @Test
    void itCountsOnceTheLogicHasReplied() throws Exception {
        add((message, context) -> context.reply(message, Payload.text("noted")));
        assertThat(send()).isEqualTo(new SendResult.Accepted(Optional.empty()));
        assertThat(handled).singleElement().satisfies(message -> {
            assertThat(message.id()).isEqualTo(delivery.id());
            assertThat(message.payload()).hasToString("{\"batch\": 1}");
            assertThat(message.headers()).containsEntry("batch", "7");
        });
    }

    /** The same message with the same id, so that the logic can tell a repetition. */
    @Test
    void aLogicThatFailsGetsItAgain() throws Exception {
        var broken = new AtomicBoolean(true);
        add((message, context) -> {
            if (broken.getAndSet(false)) {
                throw new IllegalStateException("as the test wants it");
            }
            context.reply(message, Payload.text("noted"));
        });
        assertThat(send()).isInstanceOf(SendResult.NotSent.class);
        assertThat(send()).isInstanceOf(SendResult.Accepted.class);
        assertThat(handled).extracting(Message::id).containsExactly(delivery.id(), delivery.id());
    }

    @Test
    void aLogicThatDoesNotReplyOrIsNotThereHasNotGotIt() throws Exception {
        assertThat(send())
                .isInstanceOfSatisfying(
                        SendResult.NotSent.class,
                        notSent -> assertThat(notSent.reason()).contains("no logic is named orders"));
        add((message, context) -> {});
        assertThat(send(Duration.ofMillis(20))).isInstanceOf(SendResult.NotSent.class);
    }

    @Test
    void aLogicThatTakesNoMessagesIsOfNoUse() throws Exception {
        router.add("orders", Logic.passive(context -> {}));
        assertThat(send()).isInstanceOf(SendResult.Rejected.class);
    }

    @Test
    void nothingIsPutToItOnALeaseThatIsOver() throws Exception {
        add((message, context) -> context.reply(message, Payload.text("noted")));
        var sender = new LogicSender(router, NAMES, Duration.ofSeconds(20));
        assertThat(sender.send(delivery.withPermit(() -> false))).isInstanceOf(SendResult.NotSent.class);
        assertThat(sender.send(delivery.withRemaining(Duration.ZERO))).isInstanceOf(SendResult.NotSent.class);
        assertThat(handled).isEmpty();
    }

    /** Another program that enqueues into the same database does not ask the channel. */
    @Test
    void nothingIsPutToLogicThatIsNotNamed() throws Exception {
        router.add("exec", Logic.dispatched((message, context) -> handled.add(message)));
        var sender = new LogicSender(router, NAMES, Duration.ofSeconds(20));
        assertThat(sender.send(delivery("exec")))
                .isInstanceOfSatisfying(
                        SendResult.NotSent.class,
                        notSent -> assertThat(notSent.reason()).contains("exec", "delivery.logic.names"));
        assertThat(handled).isEmpty();
    }

    @Test
    void onlyLogicThatIsNamedCanBeAddressed() {
        var channel = new LogicChannel(new LogicSender(router, NAMES, Duration.ofSeconds(1)));
        assertThat(channel.canonical("orders")).isEqualTo("orders");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.canonical("exec"))
                .withMessageContainingAll("exec", "delivery.logic.names");
        assertThatIllegalArgumentException().isThrownBy(() -> channel.canonical("a b"));
    }
}
