-- At which site a charger hangs, beside the charger: lists by site, and of those whom a site was granted, ask one table.

ALTER TABLE registry.charger ADD COLUMN site text, ADD COLUMN site_name text;

UPDATE registry.charger SET site = place.site, site_name = place.name
FROM (SELECT backplate.id, circuit.site, site.name FROM registry.backplate
  JOIN registry.circuit ON circuit.id = backplate.circuit LEFT JOIN registry.site ON site.id = circuit.site) AS place
WHERE place.id = charger.backplate;

CREATE INDEX charger_site ON registry.charger (site, serial) WHERE site IS NOT NULL;
-- Orders of lists; what has no model, or hangs nowhere, comes last.
CREATE INDEX charger_by_model ON registry.charger ((coalesce(lower(model), U&'\+10FFFF') COLLATE "C"), serial);
CREATE INDEX charger_by_site ON registry.charger ((coalesce(lower(site_name), U&'\+10FFFF') COLLATE "C"), serial);
