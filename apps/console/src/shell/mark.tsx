/** The sign of the house: a unit on its wall. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <path d="M9 6h14v20H9z" fill="none" stroke="var(--on-accent)" strokeWidth="2" strokeLinejoin="round" />
      <path d="M17 9l-5 8h4l-1 6 5-8h-4z" fill="var(--on-accent)" />
    </svg>
  );
}
