/** Short waits, and a pace that does not matter. */
export const OPTIONS = {
    jobTools: 'launch' as const,
    subnets: ['subnet-1'],
    executionRole: 'arn:aws:iam::123456789012:role/execution',
    pollEvery: 5,
    settleSeconds: 30,
    awaySeconds: 10,
    registerBurst: 1000,
    registerRate: 1000
};
