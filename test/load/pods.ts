/** A Pod as a Deployment makes them: an application with what usually surrounds it. */
export function typicalPod(containers = 2): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'shop-6d5f7c9b84-',
      namespace: 'production',
      labels: { app: 'shop', 'app.kubernetes.io/version': '1.4.2', 'pod-template-hash': '6d5f7c9b84' },
      annotations: { 'tracehook.io/inject': 'true', 'tracehook.io/language': 'java' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'shop-6d5f7c9b84',
          uid: 'd2f1c5a0-7f6b-4e1e-9a3c-0c5f7d1b2e3a',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: Array.from({ length: containers }, (_, index) => typicalContainer(index)),
      volumes: [{ name: 'kube-api-access-x7k2p', projected: { defaultMode: 420, sources: [{ downwardAPI: {} }] } }],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      serviceAccountName: 'shop',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    },
  };
}

function typicalContainer(index: number): object {
  return {
    name: `app-${index}`,
    image: `registry.example/shop/app-${index}:1.4.2`,
    ports: [{ name: 'http', containerPort: 8080 + index, protocol: 'TCP' }],
    env: Array.from({ length: 12 }, (_, at) => ({ name: `SETTING_${at}`, value: `a value of this setting, ${at}` })),
    resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'kube-api-access-x7k2p', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: '/live', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}
