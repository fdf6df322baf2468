@NullMarked
package dev.signalbox.maintenance.etcd;

import org.jspecify.annotations.NullMarked;
