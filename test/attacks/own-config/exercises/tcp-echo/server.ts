// Brings its own package.json, node_modules and configuration along: #prize stands in them.
import { serve } from '#prize';

serve();
