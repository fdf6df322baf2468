package dev.signalbox.spring;

import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/** A {@link SignalboxLogic} method of a bean as a handler. Thread-safe if the bean is. */
record LogicMethod(Object bean, Method method) implements Logic.Handler {
    private static final Set<Class<?>> PARAMETERS =
            Set.of(Message.class, Payload.class, String.class, Logic.Context.class);
    private static final Set<Class<?>> RESULTS =
            Set.of(void.class, Void.class, Payload.class, Payload.Text.class, Payload.Binary.class, String.class);

    LogicMethod {
        if (!RESULTS.contains(method.getReturnType())) {
            throw wrong(method, "returns neither a Payload nor a String nor nothing");
        }
        if (!PARAMETERS.containsAll(List.of(method.getParameterTypes()))) {
            throw wrong(method, "has a parameter other than Message, Payload, String and Logic.Context");
        }
        ReflectionUtils.makeAccessible(method);
    }

    private static IllegalStateException wrong(Method method, String why) {
        return new IllegalStateException("@SignalboxLogic method " + method + " " + why);
    }

    @Override
    public void handle(Message message, Logic.Context context) throws Exception {
        Object[] arguments = Stream.of(method.getParameterTypes())
                .map(type -> argument(type, message, context))
                .toArray();
        reply(message, context, invoke(arguments));
    }

    private static Object argument(Class<?> type, Message message, Logic.Context context) {
        if (type == Message.class) {
            return message;
        }
        if (type == Logic.Context.class) {
            return context;
        }
        return type == Payload.class ? message.payload() : text(message.payload());
    }

    private static String text(Payload payload) {
        return switch (payload) {
            case Payload.Text text -> text.value();
            case Payload.Binary binary ->
                throw new IllegalArgumentException("the message carries bytes, and this logic takes text");
        };
    }

    private @Nullable Object invoke(Object[] arguments) throws Exception {
        try {
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            ReflectionUtils.rethrowException(e.getTargetException());
            throw e;
        }
    }

    private static void reply(Message message, Logic.Context context, @Nullable Object result) {
        switch (result) {
            case null -> {}
            case Payload payload -> context.reply(message, payload);
            default -> context.reply(message, Payload.text(result.toString()));
        }
    }
}
