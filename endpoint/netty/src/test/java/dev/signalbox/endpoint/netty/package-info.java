@NullMarked
package dev.signalbox.endpoint.netty;

import org.jspecify.annotations.NullMarked;
