@NullMarked
package dev.signalbox.ha.redis;

import org.jspecify.annotations.NullMarked;
