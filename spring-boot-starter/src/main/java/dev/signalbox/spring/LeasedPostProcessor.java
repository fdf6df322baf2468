package dev.signalbox.spring;

import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseNames;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;

/** Puts the question for the lease before {@link Leased} methods, outside of transactions and all other advice. */
final class LeasedPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<LeasedElections> elections;

    /** @param elections asked once a bean has such a method, so that no other bean is made too early */
    LeasedPostProcessor(Supplier<LeasedElections> elections) {
        this.elections = elections;
        this.advisor = new DefaultPointcutAdvisor(
                AnnotationMatchingPointcut.forMethodAnnotation(Leased.class), (MethodInterceptor) this::invoke);
        setBeforeExistingAdvisors(true);
        setProxyTargetClass(true);
        // Before that of scheduled methods, which looks at what is there then.
        setOrder(LOWEST_PRECEDENCE - 100);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (AnnotationUtils.isCandidateClass(type, Leased.class)) {
            methods(type).forEach((method, leased) -> elections.get().add(checked(method, leased)));
        }
        return super.postProcessAfterInitialization(bean, beanName);
    }

    private static Map<Method, Leased> methods(Class<?> type) {
        MethodIntrospector.MetadataLookup<Leased> lookup =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, Leased.class);
        return MethodIntrospector.selectMethods(type, lookup);
    }

    private static String checked(Method method, Leased leased) {
        if (method.getReturnType() != void.class) {
            throw new IllegalStateException(
                    "@Leased method " + method + " returns something, which there is nothing of on"
                            + " nodes without the lease; have it return void");
        }
        return LeaseNames.checked(leased.value());
    }

    private @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Class<?> type = invocation.getThis() == null
                ? invocation.getMethod().getDeclaringClass()
                : AopUtils.getTargetClass(invocation.getThis());
        Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), type);
        Leased leased = AnnotatedElementUtils.findMergedAnnotation(method, Leased.class);
        if (leased == null) {
            return invocation.proceed();
        }
        Optional<Lease> lease = elections.get().lease(leased.value());
        return lease.isPresent()
                ? ScopedValue.where(CurrentLease.VALUE, lease.get()).call(invocation::proceed)
                : null;
    }
}
