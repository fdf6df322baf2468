/** Maintenance signals in etcd, over its JSON gateway. */
@NullMarked
package dev.signalbox.maintenance.etcd;

import org.jspecify.annotations.NullMarked;
