show([
{"task":11,"name":"scan","state":"labelled"},
{"task":12,"name":"cloud.pcd","state":"labelled"}
]);
