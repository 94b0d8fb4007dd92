import type { Gateways } from '../../lib/gateway.ts';
import type { NodePackages } from '../../lib/node-packages.ts';
import type { AnyPlan, Plan, Step } from '../../tasks/plan.ts';
import { SetupInput, SetupSecrets } from './inputs.ts';
import { agentStep } from './steps/agent.step.ts';
import { gatewayStep } from './steps/gateway.step.ts';
import { nodeStep } from './steps/node.step.ts';
import { onboardStep } from './steps/onboard.step.ts';
import { openclawStep } from './steps/openclaw.step.ts';
import { prereqsStep } from './steps/prereqs.step.ts';
import { serviceStep } from './steps/service.step.ts';
import { verifyStep } from './steps/verify.step.ts';
import { PORT, TRIAL_PORT } from './versions.ts';

export interface PlanParts {
  gateways: Gateways;
  nodePackages: NodePackages;
}

type AnyStep = Step<unknown, unknown>;

/** Every setup task, each the list of what must be true after it. */
export function createSetupPlans({ gateways, nodePackages }: PlanParts): AnyPlan[] {
  const plan = (type: string, steps: (input: SetupInput) => AnyStep[]): Plan<SetupInput, unknown> => ({
    type,
    lane: () => 'system',
    input: SetupInput,
    secrets: SetupSecrets,
    steps,
  });
  const portOf = ({ port, trial }: SetupInput): number => port ?? (trial ? TRIAL_PORT : PORT);
  const steps = {
    prereqs: (input: SetupInput) => prereqsStep({ port: portOf(input) }),
    node: ({ trial }: SetupInput) => nodeStep({ nodePackages, homeOnly: trial ?? false }),
    openclaw: ({ version }: SetupInput) => openclawStep({ nodePackages, version }),
    onboard: (input: SetupInput) => onboardStep({ provider: input.provider, port: portOf(input) }),
    gateway: (input: SetupInput) => gatewayStep({ port: input.port, bind: input.bind, defaultPort: portOf(input) }),
    service: ({ trial }: SetupInput) => serviceStep({ trial: trial ?? false }),
    verify: () => verifyStep({ gateways }),
    agent: ({ agent }: SetupInput) => agentStep({ gateways, agent }),
  };
  return [
    plan('setup.install-node', (input) => [steps.node(input)]),
    plan('setup.install-openclaw', (input) => [steps.openclaw(input)]),
    plan('setup.onboard', (input) => [steps.onboard(input)]),
    plan('setup.configure-gateway', (input) => [steps.gateway(input)]),
    plan('setup.systemd', (input) => [steps.service(input)]),
    plan('setup.create-default-agent', (input) => [steps.agent(input)]),
    plan('setup.run', (input) => [
      steps.prereqs(input),
      steps.node(input),
      steps.openclaw(input),
      steps.onboard(input),
      steps.gateway(input),
      steps.service(input),
      steps.verify(),
      steps.agent(input),
    ]),
    plan('setup.update-component', ({ version, trial }) => [nodeStep({ nodePackages, version, homeOnly: trial ?? false })]),
  ];
}
