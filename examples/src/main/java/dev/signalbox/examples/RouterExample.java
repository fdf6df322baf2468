package dev.signalbox.examples;

import dev.signalbox.router.Address;
import dev.signalbox.router.Decision;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.time.Duration;
import java.util.Locale;

/** The router in a program of your own: logic, middleware, a question and its answer. */
public final class RouterExample {
    private RouterExample() {}

    public static void main(String[] args) {
        System.out.println(ask("which way to platform 9?"));
    }

    static String ask(String question) {
        try (Router router = Router.create(RouterOptions.defaults())) {
            router.onReceive(message ->
                    message.payload().size() > 1_000 ? Decision.reject("keep it short") : Decision.accept(message));
            router.add("shout", Logic.dispatched((message, context) -> {
                String louder = message.payload().toString().toUpperCase(Locale.ROOT);
                context.reply(message, Payload.text(louder));
            }));
            Message asked = Message.of(Address.logic("traveller"), Address.logic("shout"), Payload.text(question));
            return router.request(asked, Duration.ofSeconds(5))
                    .toCompletableFuture()
                    .join()
                    .payload()
                    .toString();
        }
    }
}
