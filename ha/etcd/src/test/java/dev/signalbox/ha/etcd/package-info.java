@NullMarked
package dev.signalbox.ha.etcd;

import org.jspecify.annotations.NullMarked;
