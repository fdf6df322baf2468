/** Leases in etcd, over its JSON gateway. */
@NullMarked
package dev.signalbox.ha.etcd;

import org.jspecify.annotations.NullMarked;
