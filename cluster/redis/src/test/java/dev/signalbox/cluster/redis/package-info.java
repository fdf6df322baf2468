@NullMarked
package dev.signalbox.cluster.redis;

import org.jspecify.annotations.NullMarked;
