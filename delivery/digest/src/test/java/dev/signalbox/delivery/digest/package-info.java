@NullMarked
package dev.signalbox.delivery.digest;

import org.jspecify.annotations.NullMarked;
