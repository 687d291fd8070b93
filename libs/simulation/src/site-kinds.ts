/** How cars come to a kind of site. Times are wall time in the site's zone. */
export interface SiteKind {
  readonly name: string;
  readonly productLine: 'HOME' | 'PRO';
  /** Cars that come to a charger in a day, on average, by day of the week from Monday. */
  readonly carsPerDay: readonly number[];
  readonly arrivals: readonly {
    readonly weight: number;
    readonly atHour: number;
    readonly spreadHours: number;
  }[];
  readonly stayHours: { readonly median: number; readonly spread: number; readonly most: number };
  /** Energy that a car asks for, at the median. */
  readonly energyWattHours: number;
}

const OFFICE: SiteKind = {
  name: 'Offices',
  productLine: 'PRO',
  carsPerDay: [1.9, 2.0, 2.0, 1.9, 1.7, 0.15, 0.1],
  arrivals: [
    { weight: 5, atHour: 8.2, spreadHours: 0.8 },
    { weight: 2, atHour: 12.8, spreadHours: 1.2 },
  ],
  stayHours: { median: 3.6, spread: 0.5, most: 10 },
  energyWattHours: 16_000,
};

const HOUSING: SiteKind = {
  name: 'Housing',
  productLine: 'HOME',
  carsPerDay: [0.85, 0.85, 0.85, 0.9, 0.95, 0.95, 0.95],
  arrivals: [
    { weight: 5, atHour: 18, spreadHours: 1.8 },
    { weight: 1, atHour: 12, spreadHours: 3 },
  ],
  stayHours: { median: 4.2, spread: 0.7, most: 15 },
  energyWattHours: 14_000,
};

const SHOPS: SiteKind = {
  name: 'Shops',
  productLine: 'PRO',
  carsPerDay: [1.6, 1.6, 1.7, 1.8, 2.3, 2.8, 0.5],
  arrivals: [{ weight: 1, atHour: 14, spreadHours: 2.8 }],
  stayHours: { median: 1.0, spread: 0.5, most: 5 },
  energyWattHours: 9_000,
};

const STREET: SiteKind = {
  name: 'Street',
  productLine: 'PRO',
  carsPerDay: [1.3, 1.3, 1.3, 1.35, 1.45, 1.45, 1.2],
  arrivals: [
    { weight: 2, atHour: 10.5, spreadHours: 2.5 },
    { weight: 3, atHour: 17.5, spreadHours: 2.5 },
  ],
  stayHours: { median: 2.2, spread: 0.8, most: 14 },
  energyWattHours: 15_000,
};

const DEPOT: SiteKind = {
  name: 'Depot',
  productLine: 'PRO',
  carsPerDay: [1.5, 1.5, 1.5, 1.5, 1.5, 0.6, 0.3],
  arrivals: [
    { weight: 4, atHour: 17, spreadHours: 1 },
    { weight: 1, atHour: 12.5, spreadHours: 1 },
  ],
  stayHours: { median: 3.8, spread: 0.4, most: 13 },
  energyWattHours: 22_000,
};

/** A site's name, place and kind, of which fleets take as many as they need. */
export interface SiteModel {
  readonly id: string;
  readonly name: string;
  readonly kind: SiteKind;
  readonly timeZone: string;
  readonly gridType: 'TN' | 'TT' | 'IT';
  /** How many chargers it has, beside other sites. */
  readonly weight: number;
}

/** In three time zones, one on an IT grid; further sites go through the list again. */
export const SITE_MODELS: readonly SiteModel[] = [
  {
    id: 'quay-offices',
    name: 'Quay Offices',
    kind: OFFICE,
    timeZone: 'Europe/Oslo',
    gridType: 'TN',
    weight: 12,
  },
  {
    id: 'mill-housing',
    name: 'Mill Housing',
    kind: HOUSING,
    timeZone: 'Europe/Oslo',
    gridType: 'IT',
    weight: 11,
  },
  {
    id: 'market-shops',
    name: 'Market Shops',
    kind: SHOPS,
    timeZone: 'Europe/London',
    gridType: 'TN',
    weight: 8,
  },
  {
    id: 'long-street',
    name: 'Long Street',
    kind: STREET,
    timeZone: 'Europe/London',
    gridType: 'TT',
    weight: 7,
  },
  {
    id: 'east-depot',
    name: 'East Depot',
    kind: DEPOT,
    timeZone: 'Europe/Helsinki',
    gridType: 'TN',
    weight: 8,
  },
  {
    id: 'park-housing',
    name: 'Park Housing',
    kind: HOUSING,
    timeZone: 'Europe/Helsinki',
    gridType: 'TN',
    weight: 6,
  },
  {
    id: 'canal-offices',
    name: 'Canal Offices',
    kind: OFFICE,
    timeZone: 'Europe/London',
    gridType: 'TN',
    weight: 5,
  },
  {
    id: 'hill-street',
    name: 'Hill Street',
    kind: STREET,
    timeZone: 'Europe/Oslo',
    gridType: 'TN',
    weight: 3,
  },
];
