export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export const READ_FROM_FILE: Readonly<Record<string, string>>;
export function runtimePackages(root: string): LicensedPackage[];
export function isPermissive(licence: string): boolean;
export function licencesPage(packages: readonly LicensedPackage[]): string;
export function hasLicenceFile(root: string, name: string): boolean;
