@NullMarked
package dev.signalbox.tls;

import org.jspecify.annotations.NullMarked;
