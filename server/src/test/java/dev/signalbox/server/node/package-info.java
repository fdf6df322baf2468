@NullMarked
package dev.signalbox.server.node;

import org.jspecify.annotations.NullMarked;
