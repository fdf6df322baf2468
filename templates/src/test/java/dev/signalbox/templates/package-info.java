@NullMarked
package dev.signalbox.templates;

import org.jspecify.annotations.NullMarked;
