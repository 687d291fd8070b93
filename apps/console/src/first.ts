// What the fleet's page asks first is asked while the rest of its code is still on its way.
import { askAhead } from './api/ahead';
import { fleetAddressOf, pageVariables } from './fleet/fleet-address';

const { pathname, search } = location;
// The page without a path leads to the fleet, whatever else its address says.
if (pathname === '/fleet' || pathname === '/') {
  const { filter, sorting } = fleetAddressOf(new URLSearchParams(pathname === '/' ? '' : search));
  askAhead('Chargers', pageVariables(filter, sorting));
}

// The browser takes its time for these the first time that they are asked for: it has it now, and not when the rest is there.
localStorage.getItem('');
new Intl.NumberFormat(navigator.language).format(0);
new Intl.DateTimeFormat(navigator.language, { dateStyle: 'medium' }).format(0);
