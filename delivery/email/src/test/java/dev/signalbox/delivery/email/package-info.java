@NullMarked
package dev.signalbox.delivery.email;

import org.jspecify.annotations.NullMarked;
