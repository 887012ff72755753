show([
{"task":11,"name":"scan","state":"labelled","note":"its asset is no picture: volume"},
{"task":12,"name":"cloud.pcd","state":"labelled","note":"its asset is no picture: point_cloud"}
]);
