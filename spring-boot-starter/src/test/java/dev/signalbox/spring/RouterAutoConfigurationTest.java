package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Methods of beans handle messages, and endpoints start and stop with the application. */
class RouterAutoConfigurationTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RouterAutoConfiguration.class));

    static class Answers {
        private final List<String> noted = new CopyOnWriteArrayList<>();

        @SignalboxLogic("shout")
        String shout(String text) {
            return text.toUpperCase(Locale.ROOT);
        }

        @SignalboxLogic("echo")
        Payload echo(Logic.Context context, Message message) {
            return Payload.text(context.self().name() + " " + message.payload());
        }

        @SignalboxLogic(value = "note", inOrder = true)
        void note(Payload payload) {
            noted.add(payload.toString());
        }

        @SignalboxLogic("fail")
        String fail() {
            throw new IllegalStateException("secret");
        }
    }

    static class Wrong {
        @SignalboxLogic("wrong")
        String wrong(int number) {
            return "";
        }
    }

    static class Second {
        @SignalboxLogic("shout")
        void again() {}
    }

    static final class RecordingEndpoint implements Endpoint {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void start(ClientGateway gateway) {
            events.add("start");
        }

        @Override
        public URI address() {
            return URI.create("test://here");
        }

        @Override
        public void stopAccepting() {
            events.add("stop");
        }

        @Override
        public void close() {
            events.add("close");
        }
    }

    private static String ask(Router router, String logic, String text) {
        Message message = Message.of(Address.logic("test"), Address.logic(logic), Payload.text(text));
        return router.request(message, Duration.ofSeconds(30))
                .toCompletableFuture()
                .join()
                .payload()
                .toString();
    }

    @Test
    void methodsAnswer() {
        runner.withBean(Answers.class).run(context -> {
            Router router = context.getBean(Router.class);

            assertThat(ask(router, "shout", "hello")).isEqualTo("HELLO");
            assertThat(ask(router, "echo", "hello")).isEqualTo("echo hello");
            assertThatThrownBy(() -> ask(router, "fail", "hello"))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("fail")
                    .hasMessageNotContaining("secret");
        });
    }

    @Test
    void messagesInOrderAreHandledBeforeTheApplicationStops() {
        var answers = new Answers();
        List<String> sent = IntStream.range(0, 200).mapToObj(String::valueOf).toList();
        runner.withBean(Answers.class, () -> answers).run(context -> {
            Router router = context.getBean(Router.class);
            sent.forEach(
                    text -> router.send(Message.of(Address.logic("test"), Address.logic("note"), Payload.text(text))));
        });
        assertThat(answers.noted).isEqualTo(sent);
    }

    @Test
    void wrongMethodsAreNamedAtStart() {
        runner.withBean(Wrong.class)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Wrong.wrong(int)"));
        runner.withBean(Answers.class)
                .withBean(Second.class)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("'shout'"));
    }

    @Test
    void endpointsStartAndStopWithTheApplication() {
        var endpoint = new RecordingEndpoint();
        runner.withBean(RecordingEndpoint.class, () -> endpoint)
                .run(context -> assertThat(endpoint.events).containsExactly("start"));
        assertThat(endpoint.events).startsWith("start").contains("close");
    }

    @Test
    void itCanBeSwitchedOff() {
        runner.withPropertyValues("signalbox.router.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Router.class));
    }
}
