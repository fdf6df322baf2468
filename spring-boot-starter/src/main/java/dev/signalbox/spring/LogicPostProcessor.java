package dev.signalbox.spring;

import dev.signalbox.router.Logic;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Collects the {@link SignalboxLogic} methods of all beans, for the router's start. */
final class LogicPostProcessor implements BeanPostProcessor {
    private final Map<String, Logic> logic = new LinkedHashMap<>();

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (AnnotationUtils.isCandidateClass(type, SignalboxLogic.class)) {
            methods(type).forEach((method, annotation) -> add(bean, method, annotation));
        }
        return bean;
    }

    private static Map<Method, SignalboxLogic> methods(Class<?> type) {
        MethodIntrospector.MetadataLookup<SignalboxLogic> lookup =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, SignalboxLogic.class);
        return MethodIntrospector.selectMethods(type, lookup);
    }

    private synchronized void add(Object bean, Method method, SignalboxLogic annotation) {
        Logic.Handler handler = new LogicMethod(bean, AopUtils.selectInvocableMethod(method, bean.getClass()));
        Logic made = annotation.inOrder() ? Logic.worker(handler) : Logic.dispatched(handler);
        if (logic.putIfAbsent(annotation.value(), made) != null) {
            throw new IllegalStateException(
                    "two @SignalboxLogic methods are called '" + annotation.value() + "'; the second is " + method);
        }
    }

    /** By name, those of beans that are there by now. */
    synchronized Map<String, Logic> logic() {
        return Map.copyOf(logic);
    }
}
