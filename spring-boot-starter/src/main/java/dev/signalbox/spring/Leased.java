package dev.signalbox.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean, most often a scheduled one, that runs only on the node which holds a lease: a call on any other node returns
 * at once, without having done anything. Such a method returns nothing, and is called from outside of its bean.
 *
 * <p>Each node stands for the lease as long as the application runs, so the method runs on one node until that one stops, or loses
 * the lease. A node that is stopped in the middle of the method, for longer than the lease lasts, goes on with it afterwards
 * although another node has begun: what must not happen then has to be fenced, with the lease that {@link CurrentLease} gives.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Leased {
    /** The name of the lease, 1 to 200 visible ASCII characters; methods with the same name run on the same node. */
    String value();
}
