@NullMarked
package dev.signalbox.session.redis;

import org.jspecify.annotations.NullMarked;
